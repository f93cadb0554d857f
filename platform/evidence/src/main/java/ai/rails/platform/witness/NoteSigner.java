package ai.rails.platform.witness;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.random.RandomGenerator;

import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.domain.checkpoint.Cosignature;
import ai.rails.domain.checkpoint.NoteSignature;
import ai.rails.domain.checkpoint.VerifierKey;

/// A private Ed25519 key with a name: signs notes as a log does, or cosigns them as a witness does.
/// Its text is the one that Go's `note.GenerateKey` prints and `note.NewSigner` reads,
/// `PRIVATE+KEY+<name>+<id>+<key>`. Immutable, thread-safe; never prints the key.
public final class NoteSigner {
  private static final String PREFIX = "PRIVATE+KEY+";
  private static final int SEED_BYTES = 32;
  private static final byte ED25519 = 1;

  private final byte[] seed;
  private final VerifierKey key;
  private final Ed25519Sign sign;

  private NoteSigner(String name, byte[] seed) {
    try {
      this.seed = seed.clone();
      byte[] publicKey = Ed25519Sign.KeyPair.newKeyPairFromSeed(seed).getPublicKey();
      this.key = new VerifierKey(name, VerifierKey.Type.ED25519, publicKey);
      this.sign = new Ed25519Sign(seed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java can not make an Ed25519 key", e);
    }
  }

  /// @param random cryptographically strong
  public static NoteSigner generate(String name, RandomGenerator random) {
    byte[] seed = new byte[SEED_BYTES];
    random.nextBytes(seed);
    return new NoteSigner(name, seed);
  }

  /// Reads the text of a private key.
  ///
  /// @throws IllegalArgumentException if it is none; the message does not quote it
  public static NoteSigner parse(String text) {
    String[] parts =
        text.startsWith(PREFIX) ? text.substring(PREFIX.length()).split("\\+", 3) : new String[0];
    byte[] typed = parts.length == 3 ? decoded(parts[2]) : new byte[0];
    if (typed.length != SEED_BYTES + 1 || typed[0] != ED25519) {
      throw new IllegalArgumentException(
          "a private key is one line, PRIVATE+KEY+<name>+<id>+<Ed25519 key>; this is none");
    }
    var signer = new NoteSigner(parts[0], Arrays.copyOfRange(typed, 1, typed.length));
    if (!signer.hexId().equals(parts[1])) {
      throw new IllegalArgumentException(
          "the private key's id does not belong to its name %s and key".formatted(parts[0]));
    }
    return signer;
  }

  /// The same key under another name: one key pair signs all logs of a cell.
  public NoteSigner named(String name) {
    return new NoteSigner(name, seed);
  }

  /// The key as a log's: verifies [#sign(String)].
  public VerifierKey key() {
    return key;
  }

  /// The key as a witness's: verifies [#cosign(String, long)].
  public VerifierKey cosignatureKey() {
    return new VerifierKey(key.name(), VerifierKey.Type.COSIGNATURE, key.publicKey());
  }

  /// The private key's text. A secret.
  public String privateKey() {
    byte[] typed = ByteBuffer.allocate(SEED_BYTES + 1).put(ED25519).put(seed).array();
    return PREFIX + key.name() + "+" + hexId() + "+" + Base64.getEncoder().encodeToString(typed);
  }

  /// Signs a note's text as a log.
  public NoteSignature sign(String text) {
    return signAs(key.name(), text);
  }

  /// Signs a note's text as the log of that name.
  public NoteSignature signAs(String name, String text) {
    byte[] signature = signed(text.getBytes(StandardCharsets.UTF_8));
    return new NoteSignature(name, key.named(name).id(), signature);
  }

  /// Cosigns a checkpoint's text as a witness.
  ///
  /// @param time Unix seconds
  public NoteSignature cosign(String text, long time) {
    var cosignature = new Cosignature(time, signed(Cosignature.message(time, text)));
    return new NoteSignature(key.name(), cosignatureKey().id(), cosignature.bytes());
  }

  /// Names the public key only.
  @Override
  public String toString() {
    return "NoteSigner[" + key + "]";
  }

  private String hexId() {
    return "%08x".formatted(key.id());
  }

  private byte[] signed(byte[] message) {
    try {
      return sign.sign(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key " + key.name() + " can not sign", e);
    }
  }

  private static byte[] decoded(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      return new byte[0];
    }
  }
}

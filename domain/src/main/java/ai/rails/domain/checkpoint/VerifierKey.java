package ai.rails.domain.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/// A public key that verifies notes, in C2SP's *vkey* form: name, four bytes of hash, type and key.
/// Immutable.
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode are written below
public record VerifierKey(String name, Type type, byte[] publicKey) {
  private static final int KEY_BYTES = 32;
  private static final int SIGNATURE_BYTES = 64;

  /// The DER of a SubjectPublicKeyInfo with an Ed25519 key, up to the key (RFC 8410).
  private static final byte[] SPKI = HexFormat.of().parseHex("302a300506032b6570032100");

  /// Kinds of signatures.
  public enum Type {
    /// Ed25519 over the text.
    ED25519(0x01),
    /// Ed25519 over the text and a time: a witness's cosignature, `cosignature/v1`.
    COSIGNATURE(0x04);

    private final byte code;

    Type(int code) {
      this.code = (byte) code;
    }
  }

  public VerifierKey {
    requireName(name);
    if (publicKey.length != KEY_BYTES) {
      throw new IllegalArgumentException("an Ed25519 public key has 32 bytes");
    }
    publicKey = publicKey.clone();
  }

  /// @throws IllegalArgumentException if it is no vkey, of a type not known here, or its key id is
  ///   not that of its name and key
  public static VerifierKey parse(String vkey) {
    String[] parts = vkey.split("\\+", 3);
    if (parts.length != 3) {
      throw new IllegalArgumentException("a verifier key is name+id+key");
    }
    byte[] typed = Base64s.decode(parts[2]);
    if (typed.length != KEY_BYTES + 1) {
      throw new IllegalArgumentException("a verifier key is a type and an Ed25519 public key");
    }
    var key = new VerifierKey(parts[0], type(typed[0]), Arrays.copyOfRange(typed, 1, typed.length));
    if (!key.hexId().equals(parts[1])) {
      throw new IllegalArgumentException("the key id does not belong to this name and key");
    }
    return key;
  }

  /// First four bytes of SHA-256 over name, newline, type and key.
  public int id() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
      digest.update(type.code);
      return ByteBuffer.wrap(digest.digest(publicKey)).getInt();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  /// The same key under another name: one key pair signs all logs of a cell.
  public VerifierKey named(String other) {
    return new VerifierKey(other, type, publicKey);
  }

  @Override
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /// Whether these bytes are this key's signature over a note's text.
  public boolean verifies(String text, byte[] signature) {
    return switch (type) {
      case ED25519 ->
          signature.length == SIGNATURE_BYTES
              && ed25519(text.getBytes(StandardCharsets.UTF_8), signature);
      case COSIGNATURE ->
          Cosignature.parse(signature)
              .filter(cosignature -> ed25519(cosignature.message(text), cosignature.signature()))
              .isPresent();
    };
  }

  /// The vkey text.
  @Override
  public String toString() {
    byte[] typed = ByteBuffer.allocate(KEY_BYTES + 1).put(type.code).put(publicKey).array();
    return name + "+" + hexId() + "+" + Base64s.encode(typed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VerifierKey that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(publicKey, that.publicKey);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(publicKey);
  }

  static String requireName(String name) {
    if (name.isEmpty()
        || name.indexOf('+') >= 0
        || name.codePoints()
            .anyMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c) || c < ' ')) {
      throw new IllegalArgumentException("a key's name is not empty and has no space and no plus");
    }
    return name;
  }

  private String hexId() {
    return "%08x".formatted(id());
  }

  private static Type type(byte code) {
    for (Type type : Type.values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("type %d of verifier keys is not known".formatted(code));
  }

  private boolean ed25519(byte[] message, byte[] signature) {
    try {
      byte[] encoded =
          ByteBuffer.allocate(SPKI.length + KEY_BYTES).put(SPKI).put(publicKey).array();
      PublicKey key =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
      Signature verification = Signature.getInstance("Ed25519");
      verification.initVerify(key);
      verification.update(message);
      return verification.verify(signature);
    } catch (GeneralSecurityException e) {
      // A point that is not on the curve, or a signature that is none.
      return false;
    }
  }
}

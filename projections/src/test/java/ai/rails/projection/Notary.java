package ai.rails.projection;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.List;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Cosignature;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.NoteSignature;
import ai.rails.domain.checkpoint.VerifierKey;

/// Signer and witness of a cell, with keys of their own.
public final class Notary {
  private static final int KEY_BYTES = 32;
  private static final long SEEN = TestLog.NOON.plusSeconds(3_600).getEpochSecond();

  private final String cell;
  private final KeyPair log = pair();
  private final KeyPair witness = pair();

  /// @param cell what the origins of its logs begin with
  public Notary(String cell) {
    this.cell = cell;
  }

  /// The cell's tlog-policy.
  public String policy() {
    return "# a cell\nlog %s\nwitness w1 %s\nquorum w1\n"
        .formatted(new VerifierKey(cell, VerifierKey.Type.ED25519, raw(log)), witnessKey());
  }

  /// With the log's signature only.
  public Note signed(Checkpoint checkpoint) {
    String text = checkpoint.text();
    var key = new VerifierKey(checkpoint.origin(), VerifierKey.Type.ED25519, raw(log));
    return new Note(
        text,
        List.of(
            new NoteSignature(
                key.name(), key.id(), sign(log, text.getBytes(StandardCharsets.UTF_8)))));
  }

  /// With the witness's too.
  public Note cosigned(Checkpoint checkpoint) {
    return cosigned(checkpoint, SEEN);
  }

  /// @param seen when the witness says that it is the newest, Unix seconds
  public Note cosigned(Checkpoint checkpoint, long seen) {
    Note note = signed(checkpoint);
    VerifierKey key = witnessKey();
    var cosignature = new Cosignature(seen, sign(witness, Cosignature.message(seen, note.text())));
    return note.with(new NoteSignature(key.name(), key.id(), cosignature.bytes()));
  }

  private VerifierKey witnessKey() {
    return new VerifierKey("witness.test/w1", VerifierKey.Type.COSIGNATURE, raw(witness));
  }

  private static KeyPair pair() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] raw(KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
  }

  private static byte[] sign(KeyPair pair, byte[] message) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initSign(pair.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}

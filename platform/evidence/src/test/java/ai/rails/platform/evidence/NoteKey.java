package ai.rails.platform.evidence;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;

import ai.rails.domain.checkpoint.Cosignature;
import ai.rails.domain.checkpoint.NoteSignature;
import ai.rails.domain.checkpoint.VerifierKey;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A log's or a witness's key.
final class NoteKey {
  private static final int PUBLIC_BYTES = 32;

  private final KeyPair pair;
  private final VerifierKey verifier;

  NoteKey(String name, VerifierKey.Type type) {
    try {
      pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    byte[] encoded = pair.getPublic().getEncoded();
    verifier =
        new VerifierKey(
            name, type, Arrays.copyOfRange(encoded, encoded.length - PUBLIC_BYTES, encoded.length));
  }

  VerifierKey verifier() {
    return verifier;
  }

  NoteSignature sign(String text) {
    return new NoteSignature(verifier.name(), verifier.id(), ed25519(text.getBytes(UTF_8)));
  }

  NoteSignature cosign(String text, long time) {
    byte[] signature = ed25519(Cosignature.message(time, text));
    return new NoteSignature(
        verifier.name(), verifier.id(), new Cosignature(time, signature).bytes());
  }

  private byte[] ed25519(byte[] message) {
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

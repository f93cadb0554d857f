package ai.rails.command.key;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;

import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;

import ai.rails.platform.http.Problem;

/// Tells sealed bytes from plain ones, which must never be stored.
///
/// It sees only that the bytes name the right key; whether they open is seen by the worker.
public final class SealedTo {
  private static final byte TINK = 1;
  private static final int LEAST_BYTES = 5 + 32 + 16;

  private SealedTo() {}

  /// @param publicKey the ingest key, as clients got it
  /// @throws Problem with 422 if `sealed` is not an HPKE ciphertext to this key
  public static void require(byte[] publicKey, byte[] sealed, String member) {
    boolean named =
        sealed.length >= LEAST_BYTES
            && sealed[0] == TINK
            && ByteBuffer.wrap(sealed, 1, Integer.BYTES).getInt() == keyId(publicKey);
    if (!named) {
      throw Problem.invalid(
          "%s is not sealed to the ingest key; seal it with HPKE to ingestPublicKey"
              .formatted(member));
    }
  }

  private static int keyId(byte[] publicKey) {
    try {
      return TinkProtoKeysetFormat.parseKeysetWithoutSecret(publicKey, RegistryConfiguration.get())
          .getPrimary()
          .getId();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a stored ingest key is no keyset", e);
    }
  }
}

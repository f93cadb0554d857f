package ai.rails.platform.evidence;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;

import ai.rails.domain.ledger.Sha256;

/// Public keys that verify bundles: P-256.
final class PublicKeys {
  static final String ALGORITHM = "SHA256withECDSA";
  private static final String PUBLIC = "PUBLIC KEY";
  private static final int FIELD_BITS = 256;

  private PublicKeys() {}

  /// @throws IllegalArgumentException if one is no P-256 key
  static List<ECPublicKey> parse(String pem) {
    var keys = new ArrayList<ECPublicKey>();
    for (byte[] block : Pem.parse(PUBLIC, pem)) {
      keys.add(key(block));
    }
    return keys;
  }

  static String pem(ECPublicKey key) {
    return Pem.write(PUBLIC, key.getEncoded());
  }

  /// How a signature names its key: SHA-256 of the key's DER, as `openssl pkey -pubin -outform DER
  /// | sha256sum` prints it.
  static String id(ECPublicKey key) {
    return Sha256.hex(key.getEncoded());
  }

  static boolean verifies(ECPublicKey key, byte[] message, byte[] signature) {
    try {
      Signature verification = Signature.getInstance(ALGORITHM);
      verification.initVerify(key);
      verification.update(message);
      return verification.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // no signature in DER, or a number out of range
    }
  }

  private static ECPublicKey key(byte[] der) {
    try {
      if (KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der))
              instanceof ECPublicKey key
          && key.getParams().getCurve().getField().getFieldSize() == FIELD_BITS) {
        return key;
      }
      throw new IllegalArgumentException("an evidence key is on the curve P-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("an evidence key is an EC public key in PEM", e);
    }
  }
}

package ai.rails.platform.evidence;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

import ai.rails.domain.ledger.Sha256;

/// Public keys that verify bundles: P-256.
final class PublicKeys {
  static final String ALGORITHM = "SHA256withECDSA";
  private static final String PUBLIC = "PUBLIC KEY";
  private static final int FIELD_BITS = 256;
  private static final String SSH_CURVE = "nistp256";

  /// Uncompressed, the last part of the key's DER.
  private static final int POINT_BYTES = 65;

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

  /// How a signature names its key: by OpenSSH's fingerprint, as `ssh-keygen -l` prints it. Cosign
  /// passes over a signature whose key is named in any other way.
  static String id(ECPublicKey key) {
    ByteBuffer blob = ByteBuffer.allocate(128);
    put(blob, ("ecdsa-sha2-" + SSH_CURVE).getBytes(StandardCharsets.US_ASCII));
    put(blob, SSH_CURVE.getBytes(StandardCharsets.US_ASCII));
    byte[] der = key.getEncoded();
    put(blob, Arrays.copyOfRange(der, der.length - POINT_BYTES, der.length));
    String hash = Sha256.hex(Arrays.copyOf(blob.array(), blob.position()));
    return "SHA256:"
        + Base64.getEncoder().withoutPadding().encodeToString(HexFormat.of().parseHex(hash));
  }

  /// Whether a signature means this key: by [#id], or by the SHA-256 of its DER as the first
  /// bundles have it.
  static boolean named(ECPublicKey key, String name) {
    return id(key).equals(name) || Sha256.hex(key.getEncoded()).equals(name);
  }

  /// RFC 4251, a string: its length and its bytes.
  private static void put(ByteBuffer blob, byte[] string) {
    blob.putInt(string.length).put(string);
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

package ai.rails.simulator;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;

import ai.rails.attestation.format.Bytes;

/// P-256 in the form that quotes have it.
final class Signing {
  private static final int WIDTH = 32;

  private Signing() {}

  /// r and s, big-endian.
  static Bytes sign(PrivateKey key, Bytes content) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key);
      signature.update(content.toArray());
      return Bytes.copyOf(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a development signature can not be made", e);
    }
  }

  /// x and y, big-endian.
  static Bytes point(ECPublicKey key) {
    ECPoint point = key.getW();
    return fixed(point.getAffineX().toByteArray()).concat(fixed(point.getAffineY().toByteArray()));
  }

  private static Bytes fixed(byte[] number) {
    byte[] wide = new byte[WIDTH];
    int length = Math.min(WIDTH, number.length);
    System.arraycopy(number, number.length - length, wide, WIDTH - length, length);
    return Bytes.copyOf(wide);
  }
}

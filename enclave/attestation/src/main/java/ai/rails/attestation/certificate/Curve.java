package ai.rails.attestation.certificate;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;

/// A NIST curve and the ECDSA signatures over it, as attestation uses them.
public final class Curve {
  public static final Curve P256 = new Curve("secp256r1", "SHA256withECDSAinP1363Format", 32);
  public static final Curve P384 = new Curve("secp384r1", "SHA384withECDSAinP1363Format", 48);

  private final String algorithm;
  private final int width;
  private final ECParameterSpec parameters;

  private Curve(String name, String algorithm, int width) {
    this.algorithm = algorithm;
    this.width = width;
    this.parameters = parameters(name);
  }

  /// The key of a point given as x and y, big-endian.
  ///
  /// @throws Malformed when the point is not on the curve: the JDK would take it
  public ECPublicKey publicKey(Bytes xy) throws Malformed {
    if (xy.length() != 2 * width) {
      throw new Malformed("a public key of %d bytes".formatted(xy.length()));
    }
    ECPoint point = new ECPoint(number(xy, 0), number(xy, width));
    if (!isOn(point)) {
      throw new Malformed("a public key that is not on the curve");
    }
    try {
      return (ECPublicKey)
          KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, parameters));
    } catch (GeneralSecurityException e) {
      throw new Malformed("a public key that the JDK refuses");
    }
  }

  /// Whether a key belongs to this curve and its point is on it.
  public boolean owns(PublicKey key) {
    return key instanceof ECPublicKey ec
        && ec.getParams().getCurve().equals(parameters.getCurve())
        && ec.getParams().getGenerator().equals(parameters.getGenerator())
        && isOn(ec.getW());
  }

  /// Checks a signature given as r and s, big-endian. Both must be from 1 to the order less 1; a
  /// high s is valid, so two byte strings verify: never take a signature's hash as an identity.
  public boolean verifies(PublicKey key, Bytes signed, Bytes signature) {
    if (signature.length() != 2 * width
        || !isScalar(number(signature, 0))
        || !isScalar(number(signature, width))) {
      return false;
    }
    try {
      Signature check = Signature.getInstance(algorithm);
      check.initVerify(key);
      check.update(signed.toArray());
      return check.verify(signature.toArray());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private boolean isScalar(BigInteger number) {
    return number.signum() > 0 && number.compareTo(parameters.getOrder()) < 0;
  }

  private boolean isOn(ECPoint point) {
    if (ECPoint.POINT_INFINITY.equals(point)) {
      return false;
    }
    BigInteger p = ((ECFieldFp) parameters.getCurve().getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    if (x.signum() < 0 || x.compareTo(p) >= 0 || y.signum() < 0 || y.compareTo(p) >= 0) {
      return false;
    }
    BigInteger right =
        x.multiply(x)
            .add(parameters.getCurve().getA())
            .multiply(x)
            .add(parameters.getCurve().getB());
    return y.multiply(y).subtract(right).mod(p).signum() == 0;
  }

  private BigInteger number(Bytes bytes, int from) {
    return new BigInteger(1, bytes.slice(from, width).toArray());
  }

  private static ECParameterSpec parameters(String name) {
    try {
      AlgorithmParameters ec = AlgorithmParameters.getInstance("EC");
      ec.init(new ECGenParameterSpec(name));
      return ec.getParameterSpec(ECParameterSpec.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(name + " is part of every JDK", e);
    }
  }
}

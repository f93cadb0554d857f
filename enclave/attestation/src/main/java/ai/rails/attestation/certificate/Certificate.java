package ai.rails.attestation.certificate;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Der;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.format.Pem;

/// An X.509 certificate and the questions that chains ask of it. Nothing here trusts anything: each
/// answer is about two certificates or one.
public final class Certificate {
  /// ECDSA with SHA-256.
  public static final String ECDSA_SHA256 = "1.2.840.10045.4.3.2";

  /// RSASSA-PSS.
  public static final String RSA_PSS = "1.2.840.113549.1.1.10";

  private static final int MOST_BYTES = 16 * 1024;
  private static final int KEY_CERT_SIGN = 5;
  private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=((?:[^,\\\\]|\\\\.)*)");

  private final X509Certificate x509;
  private final Bytes der;

  private Certificate(X509Certificate x509, Bytes der) {
    this.x509 = x509;
    this.der = der;
  }

  public static Certificate of(Bytes der) throws Malformed {
    if (der.length() > MOST_BYTES) {
      throw new Malformed("a certificate of %d bytes".formatted(der.length()));
    }
    var input = new ByteArrayInputStream(der.toArray());
    try {
      X509Certificate x509 =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(input);
      if (input.available() > 0) {
        throw new Malformed("bytes after the certificate");
      }
      return new Certificate(x509, der);
    } catch (CertificateException | RuntimeException e) {
      // the JDK answers some hostile DER with unchecked exceptions
      throw new Malformed("no X.509 certificate");
    }
  }

  /// @throws IllegalArgumentException for a certificate that can not be encoded again
  public static Certificate of(X509Certificate x509) {
    try {
      return new Certificate(x509, Bytes.copyOf(x509.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate without encoding", e);
    }
  }

  public static List<Certificate> ofPem(Bytes pem) throws Malformed {
    List<Bytes> encoded = Pem.certificates(pem);
    Certificate[] all = new Certificate[encoded.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = of(encoded.get(i));
    }
    return List.of(all);
  }

  public Bytes der() {
    return der;
  }

  public Bytes sha256() {
    return der.sha256();
  }

  public PublicKey key() {
    return x509.getPublicKey();
  }

  public X500Principal subject() {
    return x509.getSubjectX500Principal();
  }

  public X500Principal issuer() {
    return x509.getIssuerX500Principal();
  }

  /// The subject's CN, or nothing to compare with.
  public String commonName() {
    return commonName(subject());
  }

  /// A name's CN, or nothing to compare with.
  public static String commonName(X500Principal name) {
    Matcher found = COMMON_NAME.matcher(name.getName(X500Principal.RFC2253));
    return found.find() ? found.group(1) : "";
  }

  public BigInteger serial() {
    return x509.getSerialNumber();
  }

  public Instant notBefore() {
    return x509.getNotBefore().toInstant();
  }

  public Instant notAfter() {
    return x509.getNotAfter().toInstant();
  }

  public boolean holdsSameKeyAndName(Certificate other) {
    return subject().equals(other.subject())
        && Bytes.copyOf(key().getEncoded()).equals(Bytes.copyOf(other.key().getEncoded()));
  }

  /// Whether this may sign certificates.
  public boolean isAuthority() {
    boolean[] usage = x509.getKeyUsage();
    return isCa() && usage != null && usage[KEY_CERT_SIGN];
  }

  public boolean isCa() {
    return x509.getBasicConstraints() >= 0;
  }

  /// Whether `authority` issued this: names equal, the algorithm the expected one, the signature
  /// right, and no critical extension that nobody here understands.
  public boolean isIssuedBy(Certificate authority, String algorithm) {
    if (!issuer().equals(authority.subject())
        || !x509.getSigAlgOID().equals(algorithm)
        || x509.hasUnsupportedCriticalExtension()) {
      return false;
    }
    try {
      x509.verify(authority.key());
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      // the JDK answers some hostile parameters with unchecked exceptions
      return false;
    }
  }

  /// The content of an extension.
  public Optional<Bytes> extension(String oid) throws Malformed {
    byte[] wrapped = x509.getExtensionValue(oid);
    return wrapped == null ? Optional.empty() : Optional.of(Der.of(Bytes.copyOf(wrapped)).octets());
  }

  @Override
  public String toString() {
    return subject().toString();
  }
}

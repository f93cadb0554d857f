package ai.rails.attestation.certificate;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.Set;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;

/// An X.509 certificate revocation list. Whatever it lists is revoked, for whatever reason.
public final class RevocationList {
  private static final int MOST_BYTES = 1024 * 1024;
  private static final int SEQUENCE = 0x30;

  private final X509CRL crl;

  private RevocationList(X509CRL crl) {
    this.crl = crl;
  }

  public static RevocationList of(Bytes der) throws Malformed {
    if (der.length() == 0 || der.length() > MOST_BYTES || der.at(0) != SEQUENCE) {
      throw new Malformed("no revocation list in DER, or one over %d bytes".formatted(MOST_BYTES));
    }
    var input = new ByteArrayInputStream(der.toArray());
    try {
      X509CRL crl = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(input);
      if (input.available() > 0 || crl.getNextUpdate() == null) {
        throw new Malformed("a revocation list without nextUpdate, or bytes after it");
      }
      return new RevocationList(crl);
    } catch (CertificateException | CRLException | RuntimeException e) {
      // the JDK answers some hostile DER with unchecked exceptions
      throw new Malformed("no X.509 revocation list");
    }
  }

  /// Whether `authority` issued this: names equal, the algorithm the expected one, the signature
  /// right, and the list is a whole one.
  public boolean isIssuedBy(Certificate authority, String algorithm) {
    if (!crl.getIssuerX500Principal().equals(authority.subject())
        || !crl.getSigAlgOID().equals(algorithm)
        || !isWhole()) {
      return false;
    }
    try {
      crl.verify(authority.key());
      return true;
    } catch (GeneralSecurityException | RuntimeException e) {
      // the JDK answers some hostile parameters with unchecked exceptions
      return false;
    }
  }

  /// Critical extensions make a list one of changes, or of some certificates only.
  private boolean isWhole() {
    Set<String> critical = crl.getCriticalExtensionOIDs();
    return critical == null || critical.isEmpty();
  }

  public boolean revokes(Certificate certificate) {
    return crl.getRevokedCertificate(certificate.serial()) != null;
  }

  public Instant thisUpdate() {
    return crl.getThisUpdate().toInstant();
  }

  public Instant nextUpdate() {
    return crl.getNextUpdate().toInstant();
  }
}

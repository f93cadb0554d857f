package ai.rails.platform.timestamp;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

/// Verifies what a time stamp authority said (RFC 3161), as of the time that it said it: that its
/// certificate has ended since does not matter. Asks nobody, so revocation is not looked at.
public final class TimestampCheck {
  /// Longest answer, in bytes.
  public static final int BYTES_MAX = 65_536;

  private static final int GRANTED = 0;
  private static final int GRANTED_WITH_MODS = 1;

  private TimestampCheck() {}

  /// A time that an authority vouches for.
  ///
  /// @param authority subject of its certificate
  public record Stamp(Instant time, String authority) {}

  /// @param response the authority's answer in DER
  /// @param data that was stamped
  /// @param roots that are believed
  /// @throws IllegalArgumentException saying why it proves nothing
  public static Stamp verify(byte[] response, byte[] data, Collection<X509Certificate> roots) {
    if (response.length > BYTES_MAX) {
      throw new IllegalArgumentException("a time stamp has at most %d bytes".formatted(BYTES_MAX));
    }
    try {
      TimeStampToken token = token(response);
      requireImprint(token, data);
      X509Certificate signer = signer(token);
      Instant time = token.getTimeStampInfo().getGenTime().toInstant();
      requireTrusted(token, signer, roots, time);
      token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(signer));
      return new Stamp(time, signer.getSubjectX500Principal().getName());
    } catch (TSPException | IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalArgumentException("the time stamp does not verify: " + e.getMessage(), e);
    }
  }

  private static TimeStampToken token(byte[] response) throws TSPException, IOException {
    var parsed = new TimeStampResponse(response);
    if (!Arrays.equals(parsed.getEncoded(), response)) {
      throw new IllegalArgumentException("bytes follow the time stamp, or it is in another form");
    }
    boolean granted = parsed.getStatus() == GRANTED || parsed.getStatus() == GRANTED_WITH_MODS;
    TimeStampToken token = parsed.getTimeStampToken();
    if (!granted || token == null) {
      throw new IllegalArgumentException(
          "the authority did not stamp: status %d".formatted(parsed.getStatus()));
    }
    return token;
  }

  private static void requireImprint(TimeStampToken token, byte[] data)
      throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(data);
    if (!token.getTimeStampInfo().getMessageImprintAlgOID().equals(TSPAlgorithms.SHA256)
        || !MessageDigest.isEqual(token.getTimeStampInfo().getMessageImprintDigest(), digest)) {
      throw new IllegalArgumentException("the time stamp is of something else");
    }
  }

  private static X509Certificate signer(TimeStampToken token) throws GeneralSecurityException {
    List<X509CertificateHolder> found =
        certificates(token).stream().filter(token.getSID()::match).toList();
    if (found.size() != 1) {
      throw new IllegalArgumentException("the time stamp does not bring its signer's certificate");
    }
    return new JcaX509CertificateConverter().getCertificate(found.getFirst());
  }

  private static Collection<X509CertificateHolder> certificates(TimeStampToken token) {
    return token.getCertificates().getMatches(null);
  }

  private static void requireTrusted(
      TimeStampToken token, X509Certificate signer, Collection<X509Certificate> roots, Instant at)
      throws GeneralSecurityException {
    List<X509Certificate> between = new ArrayList<>();
    for (X509CertificateHolder holder : certificates(token)) {
      between.add(new JcaX509CertificateConverter().getCertificate(holder));
    }
    Set<TrustAnchor> anchors = new HashSet<>();
    roots.forEach(root -> anchors.add(new TrustAnchor(root, null)));
    if (anchors.isEmpty()) {
      throw new IllegalArgumentException("no root of a time stamp authority is trusted");
    }
    var target = new X509CertSelector();
    target.setCertificate(signer);
    var parameters = new PKIXBuilderParameters(anchors, target);
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(between)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    CertPathBuilder.getInstance("PKIX").build(parameters);
  }
}

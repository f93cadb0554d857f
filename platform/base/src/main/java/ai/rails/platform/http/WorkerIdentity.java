package ai.rails.platform.http;

import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a worker's client certificate binds it to: its URI name
/// `airails://<tenant>/<worker>/<artifactDigest>/<environment>`.
///
/// @param artifactDigest the only workflow version that it may run, `sha256:` and 64 hex digits
public record WorkerIdentity(
    String tenant, String worker, String artifactDigest, String environment) {
  private static final int URI_NAME = 6;
  private static final Pattern FORM =
      Pattern.compile(
          "airails://([a-z0-9-]{1,64})/([A-Za-z0-9._-]{1,64})/(sha256:[0-9a-f]{64})/([a-z0-9-]{1,32})");

  /// Reads the only `airails` name of a verified certificate; none or two are no identity.
  public static Optional<WorkerIdentity> of(X509Certificate certificate) {
    return uri(certificate, "airails:").flatMap(WorkerIdentity::parse);
  }

  /// The only URI name of a certificate that begins so.
  static Optional<String> uri(X509Certificate certificate, String scheme) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      List<String> uris =
          names == null
              ? List.of()
              : names.stream()
                  .filter(name -> name.get(0).equals(URI_NAME))
                  .map(name -> String.valueOf(name.get(1)))
                  .filter(uri -> uri.startsWith(scheme))
                  .toList();
      return uris.size() == 1 ? Optional.of(uris.getFirst()) : Optional.empty();
    } catch (CertificateParsingException e) {
      return Optional.empty();
    }
  }

  /// SHA-256 of a certificate's public key (SubjectPublicKeyInfo), lower-case hex: the same for
  /// whoever shows the certificate and whoever sees it.
  public static String keySha256(X509Certificate certificate) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// The name as it stands in the certificate.
  public URI uri() {
    return URI.create(
        "airails://%s/%s/%s/%s".formatted(tenant, worker, artifactDigest, environment));
  }

  private static Optional<WorkerIdentity> parse(String uri) {
    Matcher matcher = FORM.matcher(uri);
    return matcher.matches()
        ? Optional.of(
            new WorkerIdentity(
                matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4)))
        : Optional.empty();
  }
}

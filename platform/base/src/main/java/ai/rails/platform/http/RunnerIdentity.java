package ai.rails.platform.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a runner's client certificate binds it to: its URI name
/// `airails-runner://<tenant>/<workspace>/<environment>/<runner>`. It is never a worker's name.
///
/// @param runner its name in the workspace, which connector instances name
public record RunnerIdentity(String tenant, String workspace, String environment, String runner) {
  private static final String SCHEME = "airails-runner:";
  private static final String PROXY = "runner.";
  private static final int PROXY_DIGITS = 32;
  private static final Pattern FORM =
      Pattern.compile(
          "airails-runner://([a-z0-9-]{1,64})/([A-Za-z0-9._-]{1,64})/([a-z0-9-]{1,32})"
              + "/([a-z0-9][a-z0-9-]{0,31})");

  /// Reads the only `airails-runner` name of a verified certificate; none or two are no identity.
  public static Optional<RunnerIdentity> of(X509Certificate certificate) {
    return WorkerIdentity.uri(certificate, SCHEME).flatMap(RunnerIdentity::parse);
  }

  /// The name as it stands in the certificate.
  public URI uri() {
    return URI.create(
        "airails-runner://%s/%s/%s/%s".formatted(tenant, workspace, environment, runner));
  }

  /// Id of the egress proxy beside this runner: tickets of its calls are taken by no other.
  public String proxyId() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(uri().toString().getBytes(StandardCharsets.UTF_8));
      return PROXY + HexFormat.of().formatHex(digest).substring(0, PROXY_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// Whether a proxy of this id stands beside some runner.
  public static boolean isProxy(String proxyId) {
    return proxyId.startsWith(PROXY);
  }

  private static Optional<RunnerIdentity> parse(String uri) {
    Matcher matcher = FORM.matcher(uri);
    return matcher.matches()
        ? Optional.of(
            new RunnerIdentity(
                matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4)))
        : Optional.empty();
  }
}

package ai.rails.platform.opa;

import java.net.URI;
import java.time.Duration;

/// How OPA is reached.
///
/// @param url for example `http://127.0.0.1:8181`, without a path
/// @param token bearer token that `system.authz` knows by its hash
/// @param connect longest time to connect
/// @param total longest time for a whole decision
/// @param lease how old the last successful bundle request may be
/// @param skew how far clocks may differ
public record OpaSettings(
    URI url, String token, Duration connect, Duration total, Duration lease, Duration skew) {
  public OpaSettings {
    if (token.isBlank() || url.getHost() == null) {
      throw new IllegalArgumentException("opa.url needs a host and opa.token a value");
    }
    if (connect.isNegative() || connect.isZero() || total.compareTo(connect) < 0) {
      throw new IllegalArgumentException(
          "connect must be positive and total not shorter: %s, %s".formatted(connect, total));
    }
  }

  /// The usual limits.
  public static OpaSettings of(URI url, String token) {
    return new OpaSettings(
        url,
        token,
        Duration.ofMillis(250),
        Duration.ofSeconds(1),
        Duration.ofMinutes(15),
        Duration.ofSeconds(30));
  }

  @Override
  public String toString() {
    return "OpaSettings[url=%s, token=hidden]".formatted(url);
  }
}

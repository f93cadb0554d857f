package ai.rails.app;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.platform.config.Settings;
import ai.rails.platform.egress.ServiceAnswer;
import ai.rails.platform.egress.ServiceTunnel;
import ai.rails.platform.egress.ServiceTunnels;
import ai.rails.platform.witness.Way;

/// How witnesses and time stamp authorities are reached: through the egress proxy, each connection
/// with a service ticket for the host that the configuration names. An installation that is none of
/// production reaches those on its own machine directly, since the proxy leads outside only.
final class FixedWays implements Function<URI, Way> {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Set<String> OWN = Set.of("localhost", "127.0.0.1", "[::1]");

  private final boolean production;
  private final Function<Set<String>, Optional<ServiceTunnel>> tunnels;

  private FixedWays(boolean production, Function<Set<String>, Optional<ServiceTunnel>> tunnels) {
    this.production = production;
    this.tunnels = tunnels;
  }

  /// @param key private half of the key of egress tickets
  static FixedWays of(Settings settings, Ed25519Sign key, Supplier<UUID> ids, InstantSource clock) {
    return new FixedWays(
        settings.required("environment.kind").equals("production"),
        hosts -> ServiceTunnels.of(settings, hosts, key, ids, clock));
  }

  /// @throws IllegalArgumentException if it is no address that may be reached, saying what to do
  @Override
  public Way apply(URI address) {
    String host = Optional.ofNullable(address.getHost()).orElse("");
    String scheme = Optional.ofNullable(address.getScheme()).orElse("");
    if (host.isEmpty() || !Set.of("http", "https").contains(scheme)) {
      throw new IllegalArgumentException(
          "%s is no address of a witness or an authority; it begins with https:// and a name"
              .formatted(address));
    }
    if (!OWN.contains(host)) {
      return tunnels
          .apply(Set.of(host))
          .<Way>map(Tunnel::new)
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "%s is reached through the egress proxy only; name the proxy in egress.port"
                      .formatted(address)));
    }
    if (production) {
      throw new IllegalArgumentException(
          "%s is on this machine, and environment.kind is production: name one that others run"
              .formatted(address));
    }
    return Way.direct(CONNECT);
  }

  private record Tunnel(ServiceTunnel tunnel) implements Way {
    @Override
    public Reply send(String method, URI address, String contentType, byte[] body, Duration limit)
        throws IOException {
      ServiceAnswer answer =
          tunnel.send(method, address, Map.of("Content-Type", contentType), body, limit);
      if (answer.body().length > ANSWER_BYTES_MAX) {
        throw new IOException("an answer is longer than %s bytes".formatted(ANSWER_BYTES_MAX));
      }
      return new Reply(answer.status(), answer.body());
    }

    @Override
    public void close() {
      // Each connection ended with its answer.
    }
  }
}

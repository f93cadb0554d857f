package ai.rails.command.collateral;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import ai.rails.platform.egress.ServiceAnswer;
import ai.rails.platform.egress.ServiceTunnel;

/// The way to a vendor's service: through the egress proxy, each request with a service ticket,
/// unless it runs on this machine, which the proxy does not lead to. Thread-safe.
final class VendorHttp implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration REQUEST = Duration.ofSeconds(20);
  private static final int BODY_BYTES_MAX = 1 << 20;
  private static final Set<String> OWN = Set.of("127.0.0.1", "localhost");

  private final Way way;
  private final URI base;

  /// How it is reached.
  private interface Way extends AutoCloseable {
    ServiceAnswer get(URI address) throws IOException, InterruptedException;

    @Override
    void close();
  }

  /// @param setting that names it
  /// @param base `https://host[:port]`; http for this machine only
  /// @param tunnels to a fixed list of hosts; nothing where no egress proxy is named
  /// @throws IllegalArgumentException if it is anything else, or there is no way to it
  VendorHttp(String setting, URI base, Function<Set<String>, Optional<ServiceTunnel>> tunnels) {
    String host = Optional.ofNullable(base.getHost()).orElse("");
    boolean local = OWN.contains(host);
    boolean fits =
        !host.isEmpty()
            && ("https".equals(base.getScheme()) || ("http".equals(base.getScheme()) && local))
            && base.getUserInfo() == null
            && base.getQuery() == null;
    if (!fits) {
      throw new IllegalArgumentException(
          "%s must be https://host, it is %s".formatted(setting, base));
    }
    this.base = base;
    this.way =
        local
            ? new Direct()
            : tunnels
                .apply(Set.of(host))
                .<Way>map(Tunnel::new)
                .orElseThrow(() ->
                    new IllegalArgumentException(
                        "%s is reached through the egress proxy only; name the proxy in egress.port"
                            .formatted(base)));
  }

  private record Tunnel(ServiceTunnel tunnel) implements Way {
    @Override
    public ServiceAnswer get(URI address) throws IOException {
      return tunnel.send("GET", address, Map.of(), new byte[0], REQUEST);
    }

    @Override
    public void close() {
      // Each connection ended with its answer.
    }
  }

  private static final class Direct implements Way {
    private final HttpClient http =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .build();

    @Override
    public ServiceAnswer get(URI address) throws IOException, InterruptedException {
      HttpResponse<byte[]> response =
          http.send(
              HttpRequest.newBuilder(address).timeout(REQUEST).GET().build(),
              BodyHandlers.limiting(BodyHandlers.ofByteArray(), BODY_BYTES_MAX));
      Map<String, String> headers = new HashMap<>();
      response
          .headers()
          .map()
          .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
      return new ServiceAnswer(response.statusCode(), headers, response.body());
    }

    @Override
    public void close() {
      http.shutdownNow();
      http.close();
    }
  }

  /// @param path with its query
  /// @return whatever the status
  ServiceAnswer get(String path) throws CollateralUnavailable {
    URI uri = address(path);
    try {
      return way.get(uri);
    } catch (IOException e) {
      throw new CollateralUnavailable("GET %s: %s".formatted(uri, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CollateralUnavailable("interrupted", e);
    }
  }

  URI address(String path) {
    return URI.create(base.toString().replaceAll("/+$", "") + path);
  }

  @Override
  public void close() {
    way.close();
  }
}

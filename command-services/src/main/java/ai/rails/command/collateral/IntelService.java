package ai.rails.command.collateral;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.platform.egress.ServiceAnswer;
import ai.rails.platform.egress.ServiceTunnel;

/// Intel's provisioning certification service, version 4, or a cache of it (PCCS), over HTTP:
/// through the egress proxy, each request with a service ticket, unless it runs on this machine,
/// which the proxy does not lead to. Thread-safe.
public final class IntelService implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration REQUEST = Duration.ofSeconds(20);
  private static final int BODY_BYTES_MAX = 1 << 20;
  private static final Set<String> OWN = Set.of("127.0.0.1", "localhost");
  private static final String SGX = "/sgx/certification/v4/";
  private static final String TDX = "/tdx/certification/v4/";

  private final Way way;
  private final URI base;

  /// How it is reached.
  private interface Way extends AutoCloseable {
    ServiceAnswer get(URI address) throws IOException, InterruptedException;

    @Override
    void close();
  }

  /// Which of Intel's two CAs issued a PCK certificate.
  enum Issuer {
    PLATFORM,
    PROCESSOR
  }

  /// @param base `https://host[:port]`; http for this machine only
  /// @param tunnels to a fixed list of hosts; nothing where no egress proxy is named
  /// @throws IllegalArgumentException if it is anything else, or there is no way to it
  public IntelService(URI base, Function<Set<String>, Optional<ServiceTunnel>> tunnels) {
    String host = Optional.ofNullable(base.getHost()).orElse("");
    boolean local = OWN.contains(host);
    boolean fits =
        !host.isEmpty()
            && ("https".equals(base.getScheme()) || ("http".equals(base.getScheme()) && local))
            && base.getUserInfo() == null
            && base.getQuery() == null;
    if (!fits) {
      throw new IllegalArgumentException(
          "attestation.pccs.url must be https://host, it is " + base);
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

  private record Answer(Bytes body, Map<String, String> headers) {
    /// Chains come as a header, URL-encoded.
    Bytes chain(String header) throws CollateralUnavailable {
      String encoded =
          Optional.ofNullable(headers.get(header.toLowerCase(Locale.ROOT)))
              .orElseThrow(() -> new CollateralUnavailable("an answer without " + header));
      String pem = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
      return Bytes.copyOf(pem.getBytes(StandardCharsets.US_ASCII));
    }
  }

  /// @param fmspc 12 hex digits
  /// @param update `standard`, or `early` for what will be standard next
  Collateral.Tdx collateral(String fmspc, Issuer issuer, String update)
      throws CollateralUnavailable {
    Answer info = get(TDX + "tcb?fmspc=%s&update=%s".formatted(fmspc, update));
    Answer identity = get(TDX + "qe/identity?update=" + update);
    String ca = issuer.name().toLowerCase(Locale.ROOT);
    return new Collateral.Tdx(
        info.body(),
        info.chain("TCB-Info-Issuer-Chain"),
        identity.body(),
        identity.chain("SGX-Enclave-Identity-Issuer-Chain"),
        der(get(SGX + "pckcrl?ca=%s&encoding=der".formatted(ca)).body()),
        der(get(SGX + "rootcacrl").body()));
  }

  private Answer get(String path) throws CollateralUnavailable {
    URI uri = URI.create(base.toString().replaceAll("/+$", "") + path);
    try {
      ServiceAnswer answer = way.get(uri);
      if (answer.status() != 200) {
        throw new CollateralUnavailable("GET %s answers %s".formatted(uri, answer.status()));
      }
      return new Answer(Bytes.copyOf(answer.body()), answer.headers());
    } catch (IOException e) {
      throw new CollateralUnavailable("GET %s: %s".formatted(uri, e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CollateralUnavailable("interrupted", e);
    }
  }

  /// A PCCS gives revocation lists as hex, Intel's own service as bytes.
  private static Bytes der(Bytes body) throws CollateralUnavailable {
    if (body.length() > 0 && body.at(0) == 0x30 && body.length() > 1 && body.at(1) >= 0x80) {
      return body;
    }
    try {
      return Bytes.copyOf(
          HexFormat.of().parseHex(new String(body.toArray(), StandardCharsets.US_ASCII).strip()));
    } catch (IllegalArgumentException e) {
      throw new CollateralUnavailable("a revocation list that is neither DER nor hex", e);
    }
  }

  @Override
  public void close() {
    way.close();
  }
}

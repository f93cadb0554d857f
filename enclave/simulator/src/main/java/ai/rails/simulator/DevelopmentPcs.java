package ai.rails.simulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;

/// Stands in for Intel's certification service, on loopback: the same paths, headers and bodies,
/// for the simulated platform alone. Safe from any thread.
public final class DevelopmentPcs implements AutoCloseable {
  private static final Duration LIFE = Duration.ofDays(30);
  private static final Duration BACKDATED = Duration.ofMinutes(5);

  private final DevelopmentIntel intel;
  private final InstantSource clock;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicReference<Published> standard;
  private final AtomicReference<Published> early;

  private record Published(Collateral.Tdx collateral, Instant nextUpdate) {}

  private DevelopmentPcs(DevelopmentIntel intel, int port, InstantSource clock) throws IOException {
    this.intel = intel;
    this.clock = clock;
    this.standard = new AtomicReference<>(made(Set.of()));
    this.early = new AtomicReference<>(standard.get());
    this.server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /// @param port 0 for any
  public static DevelopmentPcs start(DevelopmentIntel intel, int port, InstantSource clock)
      throws IOException {
    return new DevelopmentPcs(intel, port, clock);
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// Publishes another state of the platform as the standard.
  public void publish(Set<DevelopmentIntel.Fault> faults) {
    standard.set(made(faults));
  }

  /// Announces one that is not the standard yet.
  public void announce(Set<DevelopmentIntel.Fault> faults) {
    early.set(made(faults));
  }

  private Published made(Set<DevelopmentIntel.Fault> faults) {
    Instant from = clock.instant().minus(BACKDATED);
    Instant to = from.plus(LIFE);
    return new Published(intel.collateral(from, to, faults), to);
  }

  private Collateral.Tdx current(String query) {
    var which = query.contains("update=early") ? early : standard;
    Published published = which.get();
    if (clock.instant().plus(LIFE.dividedBy(2)).isAfter(published.nextUpdate())) {
      published = made(Set.of());
      which.set(published);
    }
    return published.collateral();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String query = String.valueOf(exchange.getRequestURI().getQuery());
      Collateral.Tdx now = current(query);
      switch (exchange.getRequestURI().getPath()) {
        case "/tdx/certification/v4/tcb" ->
            send(exchange, now.tcbInfo(), "TCB-Info-Issuer-Chain", now.tcbInfoIssuerChain());
        case "/tdx/certification/v4/qe/identity" ->
            send(
                exchange,
                now.qeIdentity(),
                "SGX-Enclave-Identity-Issuer-Chain",
                now.qeIdentityIssuerChain());
        case "/sgx/certification/v4/pckcrl" -> send(exchange, now.pckRevocations());
        case "/sgx/certification/v4/rootcacrl" ->
            send(
                exchange,
                Bytes.copyOf(now.rootRevocations().hex().getBytes(StandardCharsets.US_ASCII)));
        default -> exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private static void send(HttpExchange exchange, Bytes body, String header, Bytes chain)
      throws IOException {
    String pem = new String(chain.toArray(), StandardCharsets.US_ASCII);
    exchange
        .getResponseHeaders()
        .set(header, URLEncoder.encode(pem, StandardCharsets.UTF_8).replace("+", "%20"));
    send(exchange, body);
  }

  private static void send(HttpExchange exchange, Bytes body) throws IOException {
    exchange.sendResponseHeaders(200, body.length());
    exchange.getResponseBody().write(body.toArray());
  }

  @Override
  public void close() {
    try {
      server.stop(0);
    } finally {
      threads.shutdownNow();
    }
  }
}

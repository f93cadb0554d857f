package ai.rails.command.policy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import ai.rails.platform.json.CanonicalJson;

/// Serves bundles over HTTP, or in place of one whatever a test wants.
final class BundleServer implements AutoCloseable {
  static final String TOKEN = "bundle-token";

  private final PolicyBundles bundles;
  private volatile String token = TOKEN;
  private final HttpServer server;
  private final Map<String, byte[]> replaced = new ConcurrentHashMap<>();

  BundleServer(PolicyBundles bundles) throws IOException {
    this.bundles = bundles;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/policy/v1/bundles/", this::serve);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:%d/policy/v1".formatted(server.getAddress().getPort()));
  }

  /// From now on another token opens.
  void expect(String other) {
    token = other;
  }

  void replace(String name, byte[] archive) {
    replaced.put(name, archive);
  }

  void restore(String name) {
    replaced.remove(name);
  }

  private void serve(HttpExchange exchange) throws IOException {
    if (!("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange.sendResponseHeaders(401, -1);
      return;
    }
    String file = exchange.getRequestURI().getPath().replaceFirst(".*/", "");
    String name = file.replaceFirst("\\.tar\\.gz$", "");
    Optional<String> etag =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("If-None-Match"));
    write(exchange, answer(name, etag, exchange));
  }

  private BundleResponse answer(String name, Optional<String> etag, HttpExchange exchange) {
    byte[] other = replaced.get(name);
    if (other != null) {
      String tag = "\"" + CanonicalJson.sha256(other) + "\"";
      return new BundleResponse(
          200,
          Map.of("ETag", tag, "Content-Type", "application/vnd.openpolicyagent.bundles"),
          other);
    }
    Duration wait =
        PolicyBundles.waitOf(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Prefer")));
    // Shorter than asked, so that a replaced bundle is seen soon.
    return bundles.get(
        name, etag, wait.compareTo(Duration.ofMillis(300)) > 0 ? Duration.ofMillis(300) : wait);
  }

  private static void write(HttpExchange exchange, BundleResponse response) throws IOException {
    response.headers().forEach(exchange.getResponseHeaders()::set);
    boolean empty = response.body().length == 0;
    exchange.sendResponseHeaders(response.status(), empty ? -1 : response.body().length);
    if (!empty) {
      exchange.getResponseBody().write(response.body());
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

package ai.rails.stream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import ai.rails.domain.tenant.TenantEvent.TenantProvisioned;

/// Answers `/v1/tenants/{id}/provisioned` as command-services does: checks the token, records the
/// event once. The first answer to each tenant is 503, for a command side may be starting.
final class CommandSide implements AutoCloseable {
  static final String TOKEN = "service-token";

  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final Set<String> active = ConcurrentHashMap.newKeySet();
  private final HttpServer server;
  private final Store store;

  CommandSide(Store store) throws IOException {
    this.store = store;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/tenants/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  boolean active(String tenant) {
    return active.contains(tenant);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(status(exchange), -1);
    }
  }

  private int status(HttpExchange exchange) {
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    String[] path = exchange.getRequestURI().getPath().split("/", -1);
    if (!("Bearer " + TOKEN).equals(token) || !path[4].equals("provisioned")) {
      return 403;
    }
    if (calls.computeIfAbsent(path[3], t -> new AtomicInteger()).incrementAndGet() == 1) {
      return 503;
    }
    if (active.add(path[3])) {
      try {
        store.append(path[3], "_tenant", Optional.empty(), List.of(new TenantProvisioned(path[3])));
      } catch (SQLException e) {
        active.remove(path[3]);
        return 500;
      }
    }
    return 200;
  }
}

package ai.rails.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import ai.rails.app.embedded.Unavailable;

/// `GET /health` on a loopback port: what `rails status` shows. It tells states, no secrets.
final class HealthEndpoint implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private HealthEndpoint(HttpServer server) {
    this.server = server;
  }

  static HealthEndpoint start(int port, Launcher launcher) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      var endpoint = new HealthEndpoint(HttpServer.create(address, 0));
      endpoint.server.setExecutor(endpoint.threads);
      endpoint.server.createContext("/health", exchange -> answer(exchange, launcher));
      endpoint.server.start();
      return endpoint;
    } catch (IOException e) {
      throw new Unavailable("cannot listen on port " + port + " for rails status", e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void answer(HttpExchange exchange, Launcher launcher) throws IOException {
    Installation installation = Installation.of(launcher);
    byte[] body = JSON.writeValueAsBytes(installation);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(installation.healthy() ? 200 : 503, body.length);
      exchange.getResponseBody().write(body);
    }
  }
}

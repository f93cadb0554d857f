package ai.rails.app.journey;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// An OpenTelemetry collector that keeps each request's body as a file.
final class Collector implements AutoCloseable {
  private final HttpServer server;
  private final Path directory;
  private final AtomicInteger received = new AtomicInteger();

  private Collector(HttpServer server, Path directory) {
    this.server = server;
    this.directory = directory;
  }

  static Collector start(Path directory) throws IOException {
    Files.createDirectories(directory);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var collector = new Collector(server, directory);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", collector::keep);
    server.start();
    return collector;
  }

  private void keep(HttpExchange exchange) throws IOException {
    try (exchange) {
      String name = exchange.getRequestURI().getPath().replace('/', '-');
      Files.write(
          directory.resolve(received.incrementAndGet() + name),
          exchange.getRequestBody().readAllBytes());
      exchange.sendResponseHeaders(200, -1);
    }
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  int received() {
    return received.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

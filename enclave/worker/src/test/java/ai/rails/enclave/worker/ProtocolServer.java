package ai.rails.enclave.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import org.jspecify.annotations.Nullable;

import ai.rails.platform.http.Json;
import ai.rails.platform.http.WorkerIdentity;

/// HTTPS with mutual TLS on a port of its own, in front of a control plane in memory. It keeps
/// every request as it came.
public final class ProtocolServer implements AutoCloseable {
  /// Answers one request.
  @FunctionalInterface
  public interface Endpoint {
    Reply to(Seen request);
  }

  /// A request as it came.
  public record Seen(
      String method,
      String path,
      Optional<String> query,
      String body,
      Optional<String> traceparent) {
    public <T> T as(Class<T> type) {
      return Json.read(body.getBytes(StandardCharsets.UTF_8), type);
    }
  }

  /// An answer; a problem has a code.
  public record Reply(int status, @Nullable Object body) {
    public static Reply ok(Object body) {
      return new Reply(200, body);
    }

    public static Reply nothing() {
      return new Reply(204, null);
    }

    public static Reply problem(int status, String code) {
      return new Reply(status, Map.of("type", "about:blank", "status", status, "code", code));
    }
  }

  public final List<Seen> seen = new CopyOnWriteArrayList<>();
  final List<WorkerIdentity> clients = new CopyOnWriteArrayList<>();
  public final AtomicInteger failuresAhead = new AtomicInteger();
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Endpoint endpoint;

  public ProtocolServer(SSLContext tls, Endpoint endpoint) throws IOException {
    this.endpoint = endpoint;
    this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters both = getSSLContext().getDefaultSSLParameters();
            both.setNeedClientAuth(true);
            parameters.setSSLParameters(both);
          }
        });
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public URI uri() {
    return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
  }

  /// Requests whose path ends so, in their order.
  List<Seen> requests(String path) {
    return seen.stream().filter(request -> request.path().endsWith(path)).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      var request =
          new Seen(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              Optional.ofNullable(exchange.getRequestURI().getQuery()),
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
              Optional.ofNullable(exchange.getRequestHeaders().getFirst("traceparent")));
      seen.add(request);
      var certificate =
          (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
      WorkerIdentity.of(certificate).ifPresent(clients::add);
      send(exchange, reply(request));
    }
  }

  private Reply reply(Seen request) {
    if (failuresAhead.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return Reply.problem(503, "UNAVAILABLE");
    }
    try {
      return endpoint.to(request);
    } catch (RuntimeException e) {
      return new Reply(422, Map.of("code", "INVALID", "detail", String.valueOf(e.getMessage())));
    }
  }

  private static void send(HttpExchange exchange, Reply reply) throws IOException {
    if (reply.body() == null) {
      exchange.sendResponseHeaders(reply.status(), -1);
      return;
    }
    byte[] body = Json.write(reply.body());
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(reply.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    threads.close();
  }
}

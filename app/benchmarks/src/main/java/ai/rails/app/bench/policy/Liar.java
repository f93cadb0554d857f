package ai.rails.app.bench.policy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import static java.nio.charset.StandardCharsets.UTF_8;

/// In OPA's place: asks the real one, which allows the call, and changes its answer so that it no
/// longer answers what was asked from what is active. Each lie would let the call out if it were
/// believed.
///
/// An answer that is right in all of that and yet not OPA's can not be told from OPA's own: the
/// token and the loopback address are what stands against it.
final class Liar implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// An answer.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Told(int status, byte[] body, boolean zipped) {
    static Told of(String text) {
      return new Told(200, text.getBytes(UTF_8), false);
    }
  }

  /// How an answer is changed.
  @FunctionalInterface
  interface Lie {
    Told tell(ObjectNode truth, String earlier) throws IOException;
  }

  static final List<Lie> LIES =
      List.of(
          (_, earlier) -> Told.of(earlier),
          effect("PERMIT"),
          effect("allow"),
          result(truth -> truth.put("approved", true)),
          (_, _) -> Told.of("{\"result\":true}"),
          (_, _) -> Told.of("{}"),
          (_, _) -> Told.of("{\"result\":null}"),
          (truth, _) ->
              Told.of(truth.toString().replace("\"effect\":", "\"effect\":\"DENY\",\"effect\":")),
          (truth, _) -> Told.of(truth + "{}"),
          echo("tenant", "another"),
          echo("request_id", "another"),
          echo("input_sha256", "0".repeat(64)),
          bundle("seq", 0),
          bundle("expires_at_ns", 1),
          bundle("revision", "platform@0.0.0"),
          (truth, _) -> {
            truth.remove("provenance");
            return Told.of(truth.toString());
          },
          result(truth -> {
            truth.withArray("obligations").addObject().put("type", "look_away");
            return truth;
          }),
          (truth, _) -> new Told(500, truth.toString().getBytes(UTF_8), false),
          (truth, _) -> Told.of(truth.put("padding", " ".repeat(70 << 10)).toString()),
          (truth, _) -> Told.of(truth.toString().substring(0, truth.toString().length() / 2)),
          (truth, _) -> new Told(200, zipped(truth.toString()), true),
          result(truth -> truth.put("schema", "airails.decision/2")));

  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();
  private final URI opa;
  private final AtomicInteger told = new AtomicInteger();
  private final AtomicReference<String> earlier = new AtomicReference<>("{}");

  Liar(URI opa) throws IOException {
    this.opa = opa;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] asked = exchange.getRequestBody().readAllBytes();
      byte[] truth = ask(exchange, asked);
      boolean decision = exchange.getRequestURI().getPath().startsWith("/v1/data");
      Told answer = decision ? lie(truth) : new Told(200, truth, false);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      if (answer.zipped()) {
        exchange.getResponseHeaders().set("Content-Encoding", "gzip");
      }
      exchange.sendResponseHeaders(answer.status(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  private Told lie(byte[] body) throws IOException {
    String before = earlier.getAndSet(new String(body, UTF_8));
    if (!(JSON.readTree(body) instanceof ObjectNode truth)
        || !truth.path("result").path("effect").asText().equals("ALLOW")) {
      throw new IOException("OPA did not allow the call; there is nothing to lie about");
    }
    return LIES.get(told.getAndIncrement() % LIES.size()).tell(truth, before);
  }

  private byte[] ask(HttpExchange exchange, byte[] body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(opa.resolve(exchange.getRequestURI().toString()))
            .header("Content-Type", "application/json")
            .header("Authorization", exchange.getRequestHeaders().getFirst("Authorization"))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Lie effect(String word) {
    return result(truth -> truth.put("effect", word));
  }

  private static Lie echo(String name, String value) {
    return result(truth -> {
      if (truth.path("echo") instanceof ObjectNode echo) {
        echo.put(name, value);
      }
      return truth;
    });
  }

  private static Lie bundle(String name, Object value) {
    return result(truth -> {
      if (truth.path("policy").path("platform") instanceof ObjectNode platform) {
        JsonNode node = JSON.valueToTree(value);
        platform.set(name, node);
      }
      return truth;
    });
  }

  private static Lie result(UnaryOperator<ObjectNode> change) {
    return (truth, _) -> {
      if (truth.path("result") instanceof ObjectNode result) {
        truth.set("result", change.apply(result));
      }
      return Told.of(truth.toString());
    };
  }

  private static byte[] zipped(String text) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new GZIPOutputStream(out)) {
      zip.write(text.getBytes(UTF_8));
    }
    return out.toByteArray();
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}

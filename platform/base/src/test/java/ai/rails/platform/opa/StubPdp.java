package ai.rails.platform.opa;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/// A decision point on a real socket that answers rightly, or wrongly in the way it is told to.
final class StubPdp implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  static final String TENANT = "t1";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile Fault fault = (exchange, answer) -> send(exchange, 200, bytes(answer));
  private volatile StatusFault statusFault = status -> {};
  private volatile boolean statusDown;

  /// What is done with the right answer.
  interface Fault {
    void answer(HttpExchange exchange, ObjectNode answer) throws IOException;
  }

  /// What is changed in the right status.
  interface StatusFault {
    void change(ObjectNode bundles);
  }

  StubPdp() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v1/data/", this::decide);
    server.createContext("/v1/status", this::status);
    server.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  void answerWith(Fault fault) {
    this.fault = fault;
  }

  void changeStatus(StatusFault change) {
    statusFault = change;
  }

  void takeStatusDown() {
    statusDown = true;
  }

  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  static byte[] bytes(JsonNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  static byte[] gzip(byte[] plain) {
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
      gzip.finish();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sends one byte and then none until the stub is closed.
  void drip(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 100);
    exchange.getResponseBody().write('{');
    exchange.getResponseBody().flush();
    hold();
  }

  void hold() {
    try {
      boolean _ = closed.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void decide(HttpExchange exchange) throws IOException {
    JsonNode input = JSON.readTree(exchange.getRequestBody()).path("input");
    fault.answer(exchange, right(input));
  }

  private static ObjectNode right(JsonNode input) {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode result = root.putObject("result");
    result.put("schema", "airails.decision/1").put("effect", "ALLOW");
    result.putArray("reasons").add("tool.granted");
    result.putArray("obligations");
    ObjectNode echo = result.putObject("echo");
    echo.set("request_id", input.path("request_id"));
    echo.set("tenant", input.path("tenant").path("id"));
    echo.set("input_sha256", input.path("input_sha256"));
    ObjectNode policy = result.putObject("policy");
    policy.set("platform", source("platform@1"));
    policy.set("tenant", source("t_t1@1"));
    ObjectNode bundles = root.putObject("provenance").putObject("bundles");
    bundles.putObject("platform").put("revision", "platform@1");
    bundles.putObject("t_t1").put("revision", "t_t1@1");
    return root;
  }

  private static ObjectNode source(String revision) {
    return JSON.createObjectNode()
        .put("revision", revision)
        .put("seq", 7)
        .put("expires_at_ns", NOW.plusSeconds(600).toEpochMilli() * 1_000_000);
  }

  private void status(HttpExchange exchange) throws IOException {
    if (statusDown) {
      send(exchange, 500, new byte[0]);
      return;
    }
    ObjectNode root = JSON.createObjectNode();
    ObjectNode bundles = root.putObject("result").putObject("bundles");
    for (String name : new String[] {"platform", "t_t1"}) {
      bundles
          .putObject(name)
          .put("name", name)
          .put("active_revision", name + "@1")
          .put("last_successful_activation", NOW.minusSeconds(60).toString())
          .put("last_successful_request", NOW.minusSeconds(5).toString());
    }
    statusFault.change(bundles);
    send(exchange, 200, bytes(root));
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}

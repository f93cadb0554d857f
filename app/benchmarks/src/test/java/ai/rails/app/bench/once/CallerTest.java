package ai.rails.app.bench.once;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.demo.People;
import ai.rails.app.http.Api;
import ai.rails.platform.http.DevelopmentIssuer;

import static org.assertj.core.api.Assertions.assertThat;

/// What asks the API while its server is killed under it.
class CallerTest {
  /// What the server answers, one after the other; an empty one closes the connection.
  private final Deque<String> answers = new ArrayDeque<>();

  @TempDir Path data;
  private HttpServer server;
  private Caller caller;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] answer = answers.removeFirst().getBytes(StandardCharsets.UTF_8);
          if (answer.length > 0) {
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
          }
          exchange.close();
        });
    server.start();
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z"));
    caller =
        new Caller(
            new Api(URI.create("http://127.0.0.1:" + server.getAddress().getPort())),
            new People(DevelopmentIssuer.open(data, clock, () -> "id")),
            "t",
            "w");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aListIsWaitedForWhereverTheApiGoesAway() {
    answers.addAll(
        List.of(
            "",
            "{'items': [1, 2], 'next': 'c'}".replace('\'', '"'),
            "",
            "{'items': [3]}".replace('\'', '"')));

    assertThat(caller.events("r").stream().map(JsonNode::asInt)).containsExactly(1, 2, 3);
  }

  @Test
  void aQuestionAboutOneRunHasNoAnswerThen() {
    answers.add("");

    assertThat(caller.run("r")).isEmpty();
  }
}

package ai.rails.app.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import ai.rails.app.embedded.Unavailable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The client side over real connections; the server answers what a test tells it to, in order.
final class EventSourceTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<Reply> replies = new CopyOnWriteArrayList<>();
  private final List<String> seen = new ArrayList<>();
  private HttpServer server;
  private Api api;

  private record Reply(int status, String body) {}

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    api = new Api(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void brokenStreamGoesOnAfterTheLastEventAndEndsWithTheServer() {
    replies.add(new Reply(200, ":\n\nid: 3\nevent: A\ndata: {\"n\":1}\n\nid: 4\nevent: B\nda"));
    replies.add(new Reply(200, "id: 4\nevent: B\ndata: {\"n\":\ndata: 2}\n\n"));
    replies.add(new Reply(204, ""));

    new EventSource(api, () -> "t").follow("/stream", event -> seen.add(event.toString()));

    assertThat(seen).containsExactly("{\"n\":1}", "{\"n\":2}");
    assertThat(asked).containsExactly("", "3", "4");
  }

  @Test
  void readerThatHasSeenEnoughIsNotKept() {
    replies.add(new Reply(200, "id: 1\ndata: {}\n\nid: 2\ndata: {}\n\n"));

    new EventSource(api, () -> "t")
        .follow(
            "/stream",
            event -> {
              seen.add(event.toString());
              return false;
            });

    assertThat(seen).hasSize(1);
    assertThat(asked).hasSize(1);
  }

  @Test
  void serverInTroubleIsAskedAgain() {
    replies.add(new Reply(503, "{\"code\":\"REBUILDING\"}"));
    replies.add(new Reply(204, ""));

    new EventSource(api, () -> "t").follow("/stream", event -> seen.add(event.toString()));

    assertThat(asked).hasSize(2);
  }

  @Test
  void refusalIsToldInOneLineWithTheServersDocument() {
    replies.add(new Reply(404, "{\"code\":\"NOT_FOUND\",\"detail\":\"run x does not exist\"}"));

    assertThatThrownBy(() -> new EventSource(api, () -> "t").follow("/stream", _ -> true))
        .isInstanceOf(Declined.class)
        .hasMessage("run x does not exist (404 NOT_FOUND)")
        .extracting(e -> ((Declined) e).problem().map(p -> p.path("code").asText()))
        .isEqualTo(Optional.of("NOT_FOUND"));
  }

  @Test
  void answerThatIsNoJsonComesFromAnotherServer() {
    replies.add(new Reply(200, "<html>"));

    assertThatThrownBy(() -> api.get("t", "/v1/runs"))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("no JSON");
  }

  @Test
  void troubleOfTheServerIsNoRefusal() {
    replies.add(new Reply(503, "{\"code\":\"REBUILDING\",\"detail\":\"the views are rebuilt\"}"));

    assertThatThrownBy(() -> api.get("t", "/v1/runs").ok())
        .isInstanceOf(Unavailable.class)
        .hasMessage("the views are rebuilt (503 REBUILDING); try again later");
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Last-Event-ID")).orElse(""));
    Reply reply = replies.removeFirst();
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }
}

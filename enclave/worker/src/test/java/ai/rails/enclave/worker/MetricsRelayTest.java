package ai.rails.enclave.worker;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/// From a guest go figures and nothing else.
final class MetricsRelayTest {
  private final List<String> arrived = new CopyOnWriteArrayList<>();
  private HttpServer collector;
  private MetricsRelay relay;
  private volatile int answer = 200;

  @BeforeEach
  void start() throws Exception {
    collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          try (exchange) {
            arrived.add(
                "%s %s %s"
                    .formatted(
                        exchange.getRequestURI(),
                        exchange.getRequestHeaders().getFirst("X-Aside"),
                        new String(
                            exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/");
            exchange.sendResponseHeaders(answer, -1);
          }
        });
    collector.start();
    relay =
        new MetricsRelay(
            0,
            URI.create("http://127.0.0.1:" + collector.getAddress().getPort()),
            SSLContext.getDefault());
  }

  @AfterEach
  void stop() {
    relay.close();
    collector.stop(0);
  }

  @Test
  void metricsArriveWithoutTheSendersHeaders() throws Exception {
    assertThat(post("POST", "/v1/metrics", "application/x-protobuf", "figures")).isEqualTo(200);
    assertThat(arrived).containsExactly("/v1/metrics null figures");
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v1/traces, application/x-protobuf, 404",
    "POST, /v1/logs, application/x-protobuf, 404",
    "POST, /v1/metrics?note=word, application/x-protobuf, 404",
    "POST, /v1/metrics/more, application/x-protobuf, 404",
    "GET, /v1/metrics, application/x-protobuf, 405",
    "PUT, /v1/metrics, application/x-protobuf, 405",
    "POST, /v1/metrics, text/plain, 415"
  })
  void nothingElseLeaves(String method, String path, String form, int status) throws Exception {
    assertThat(post(method, path, form, "content")).isEqualTo(status);
    assertThat(arrived).isEmpty();
  }

  @Test
  void longBodyStays() throws Exception {
    assertThat(post("POST", "/v1/metrics", "application/json", "x".repeat((1 << 20) + 1)))
        .isEqualTo(413);
    assertThat(arrived).isEmpty();
  }

  @Test
  void collectorCanNotSendThemElsewhere() throws Exception {
    answer = 302;

    assertThat(post("POST", "/v1/metrics", "application/json", "{}")).isEqualTo(503);
    assertThat(arrived).hasSize(1);
  }

  private int post(String method, String path, String form, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s%s".formatted(relay.port(), path)))
            .header("Content-Type", form)
            .header("X-Aside", "word")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }
}

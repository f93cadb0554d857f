package ai.rails.platform.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.Test;

import ai.rails.platform.config.Settings;
import ai.rails.platform.telemetry.Names;
import ai.rails.platform.telemetry.Telemetry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

/// Requests that nobody known made, as a collector sees them.
class UnauthenticatedTest {
  private static final String SECRET = "tok-7f3a-nobody-may-see";

  @Test
  void refusalsAreCountedByReasonAndSayNothingOfWho() throws Exception {
    Map<String, String> received = new ConcurrentHashMap<>();
    var collector =
        com.sun.net.httpserver.HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    collector.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          received.merge(
              exchange.getRequestURI().getPath(), new String(body, ISO_8859_1), String::concat);
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    collector.start();
    String endpoint = "http://127.0.0.1:" + collector.getAddress().getPort();
    try (Telemetry telemetry =
            Telemetry.start("test", Settings.of(Map.of("otel.endpoint", endpoint)));
        HttpServer server = server(telemetry);
        HttpClient client = HttpClient.newHttpClient()) {
      assertThat(asked(client, server, "/things/thing-4711", "")).isEqualTo(401);
      assertThat(asked(client, server, "/things/thing-4711", "Basic " + SECRET)).isEqualTo(401);
      assertThat(asked(client, server, "/things/thing-4711", "Bearer " + SECRET)).isEqualTo(401);
      assertThat(asked(client, server, "/hooks/hook-4712", "")).isEqualTo(401);
      assertThat(asked(client, server, "/worker", "")).isEqualTo(401);
      assertThat(asked(client, server, "/things/thing-4711", "Bearer good")).isEqualTo(200);
    } finally {
      collector.stop(0);
    }

    assertThat(received.get("/v1/metrics"))
        .contains(
            Names.UNAUTHENTICATED,
            "NO_TOKEN",
            "MALFORMED_TOKEN",
            "INVALID_TOKEN",
            "BAD_SIGNATURE",
            "NO_CERTIFICATE",
            "/things/{thing}",
            "/hooks/{hook}")
        .doesNotContain(SECRET, "thing-4711", "hook-4712", "dana", "127.0.0.1");
  }

  private static HttpServer server(Telemetry telemetry) {
    return HttpServer.start(
        HttpServer.Binding.plain("127.0.0.1", 0),
        List.of(
            new Route(
                "GET",
                "/things/{thing}",
                Label.STRONG,
                Access.roles(Role.OPERATOR),
                _ -> Answer.ok(Map.of())),
            new Route(
                "GET",
                "/hooks/{hook}",
                Label.STRONG,
                Access.open("the signature is checked"),
                _ -> {
                  throw new Problem(401, "SIGNATURE_INVALID", "the signature is not valid");
                }),
            new Route("GET", "/worker", Label.STRONG, Access.worker(), _ -> Answer.ok(Map.of()))),
        token -> {
          if (!token.equals("good")) {
            throw new GeneralSecurityException("no");
          }
          return new Principal("t1", "dana", Set.of(Role.OPERATOR));
        },
        Refusals.UNRECORDED,
        telemetry);
  }

  private static int asked(HttpClient client, HttpServer server, String path, String authorization)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}

package ai.rails.platform.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.Refused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HttpServerTest {
  private static final String SECRET = "content that nobody may see";
  private static final List<String> REFUSED = new CopyOnWriteArrayList<>();
  private static Http http;

  record Echo(String text, int number, Optional<String> more) {}

  @BeforeAll
  static void serve() {
    Access open = Access.open("test");
    http =
        new Http(
            token -> {
              if (!token.equals("good")) {
                throw new GeneralSecurityException("no");
              }
              return new Principal("t1", "dana", Set.of(Role.OPERATOR));
            },
            (principal, route, resource, code) ->
                REFUSED.add(principal.subject() + " " + route.name() + " " + resource + " " + code),
            List.of(
                new Route(
                    "POST",
                    "/echo",
                    Label.STRONG,
                    open,
                    request -> Answer.ok(request.json(Echo.class)),
                    1_000),
                new Route("GET", "/etag", Label.STRONG, open, _ -> Answer.ok(Map.of()).etag("a1")),
                new Route("GET", "/bug", Label.STRONG, open, _ -> bug()),
                new Route("GET", "/refused", Label.STRONG, open, _ -> refuse()),
                new Route(
                    "GET",
                    "/events",
                    Label.EVENTUAL,
                    open,
                    _ ->
                        Answer.events(stream -> {
                          stream.send("1", "run", "{\"a\":1}");
                          stream.send("2", "run", "two\nlines");
                        })),
                new Route(
                    "GET",
                    "/v1/tenants/{tenant}/things",
                    Label.STRONG,
                    Access.roles(Role.OPERATOR),
                    request -> Answer.ok(Map.of("who", request.principal().subject()))),
                new Route(
                    "GET",
                    "/admin",
                    Label.STRONG,
                    Access.roles(Role.ADMIN),
                    _ -> Answer.empty(204))));
  }

  private static Answer bug() {
    throw new IllegalStateException(SECRET);
  }

  private static Answer refuse() {
    throw new Refused(Refused.Code.GATE_EXPIRED, "gate g1 expired");
  }

  @AfterAll
  static void stop() {
    http.close();
  }

  @Test
  void routeAnswersJsonWithSafeHeaders() throws Exception {
    HttpResponse<String> answer = post("{\"text\":\"a\",\"number\":3}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"text\":\"a\",\"number\":3}");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
    assertThat(answer.headers().firstValue("Server")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "{\"text\":\"a\",\"number\":1}{}", "\"text", "{\"text\":\"a\",}", "nul"})
  void textThatIsNoJsonIs400(String body) throws Exception {
    problem(post(body), 400, "MALFORMED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"text\":\"a\"}",
        "{\"text\":null,\"number\":1}",
        "{\"text\":\"a\",\"number\":\"1\"}",
        "{\"text\":\"a\",\"number\":1.5}",
        "{\"text\":1,\"number\":1}",
        "{\"text\":\"a\",\"number\":1,\"extra\":2}",
        "[]"
      })
  void jsonOfAnotherFormIsRefused(String body) throws Exception {
    HttpResponse<String> answer = post(body);
    assertThat(answer.statusCode()).isIn(400, 422);
    assertThat(answer.body()).doesNotContain("ai.rails").doesNotContain("Exception");
  }

  @Test
  void repeatedMemberIsRefused() throws Exception {
    assertThat(post("{\"text\":\"a\",\"text\":\"b\",\"number\":1}").statusCode()).isEqualTo(400);
  }

  @Test
  void unknownMemberIsNamed() throws Exception {
    JsonNode problem =
        problem(post("{\"text\":\"a\",\"number\":1,\"extra\":\"" + SECRET + "\"}"), 422, "INVALID");
    assertThat(problem.path("detail").asText()).contains("extra").doesNotContain(SECRET);
  }

  @Test
  void unknownPathIs404AndWrongMethod405() throws Exception {
    problem(http.send("GET", "/nothing", Optional.empty()), 404, "NOT_FOUND");
    HttpResponse<String> wrong = http.send("DELETE", "/echo", Optional.empty());
    problem(wrong, 405, "METHOD_NOT_ALLOWED");
    assertThat(wrong.headers().firstValue("Allow"))
        .hasValueSatisfying(allow -> assertThat(allow).contains("POST"));
  }

  @Test
  void largeBodyIs413EvenWhenFarTooLarge() throws Exception {
    problem(
        http.send(
            "POST", "/echo", Optional.of(new byte[1_001]), "Content-Type", "application/json"),
        413,
        "CONTENT_TOO_LARGE");
    problem(
        http.send(
            "POST", "/echo", Optional.of(new byte[5 << 20]), "Content-Type", "application/json"),
        413,
        "CONTENT_TOO_LARGE");
  }

  @Test
  void undeclaredOrEncodedBodyIs415() throws Exception {
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    problem(http.send("POST", "/echo", Optional.of(body)), 415, "UNSUPPORTED_MEDIA_TYPE");
    problem(
        http.send(
            "POST",
            "/echo",
            Optional.of(body),
            "Content-Type",
            "application/json",
            "Content-Encoding",
            "gzip"),
        415,
        "UNSUPPORTED_MEDIA_TYPE");
  }

  @Test
  void bugShowsNothingOfItself() throws Exception {
    HttpResponse<String> answer = http.send("GET", "/bug", Optional.empty());
    problem(answer, 500, "INTERNAL");
    assertThat(answer.body()).doesNotContain(SECRET).doesNotContain("IllegalState");
  }

  @Test
  void refusalKeepsItsCode() throws Exception {
    JsonNode problem = problem(http.send("GET", "/refused", Optional.empty()), 409, "GATE_EXPIRED");
    assertThat(problem.path("type").asText())
        .isEqualTo("https://airails.dev/problems/gate-expired");
    assertThat(problem.path("title").asText()).isEqualTo("Gate expired");
  }

  @Test
  void traceGoesOnAndComesBack() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    HttpResponse<String> answer =
        http.send(
            "GET",
            "/etag",
            Optional.empty(),
            "traceparent",
            "00-" + trace + "-b7ad6b7169203331-01");

    assertThat(answer.headers().firstValue("traceparent").orElseThrow()).startsWith("00-" + trace);
    assertThat(http.spans(trace))
        .singleElement()
        .satisfies(span -> {
          assertThat(span.name()).isEqualTo("GET /etag");
          assertThat(span.parentSpanId()).contains("b7ad6b7169203331");
        });
  }

  @Test
  void knownEntityIs304() throws Exception {
    HttpResponse<String> answer =
        http.send("GET", "/etag", Optional.empty(), "If-None-Match", "\"a1\"");
    assertThat(answer.statusCode()).isEqualTo(304);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void eventsAreWrittenLineByLine() throws Exception {
    HttpResponse<String> answer = http.send("GET", "/events", Optional.empty());
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/event-stream");
    assertThat(answer.body())
        .isEqualTo(
            "id: 1\nevent: run\ndata: {\"a\":1}\n\nid: 2\nevent: run\ndata: two\ndata: lines\n\n");
  }

  @Test
  void callerNeedsTokenRoleAndOwnTenant() throws Exception {
    problem(http.send("GET", "/admin", Optional.empty()), 401, "UNAUTHENTICATED");
    HttpResponse<String> wrong =
        http.send("GET", "/admin", Optional.empty(), "Authorization", "Bearer bad");
    problem(wrong, 401, "UNAUTHENTICATED");
    assertThat(wrong.headers().firstValue("WWW-Authenticate").orElseThrow())
        .contains("invalid_token");
    problem(authorised("/admin"), 403, "FORBIDDEN");
    problem(authorised("/v1/tenants/t2/things"), 404, "NOT_FOUND");
    assertThat(authorised("/v1/tenants/t1/things").statusCode()).isEqualTo(200);
    assertThat(REFUSED)
        .contains(
            "dana GET /admin  FORBIDDEN", "dana GET /v1/tenants/{tenant}/things t2 NOT_FOUND");
  }

  @Test
  void whatIsNoHttpGetsAProblemWithoutEcho() throws Exception {
    String answer = raw("GET /%2e%2e/%2fetc\u0000 HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400").doesNotContain("<html").doesNotContain("jetty");
  }

  @Test
  void twoRoutesOfOneShapeDoNotStart() {
    Route one = new Route("GET", "/a/{x}", Label.STRONG, Access.open("t"), _ -> Answer.empty(204));
    Route two = new Route("GET", "/a/{y}", Label.STRONG, Access.open("t"), _ -> Answer.empty(204));
    assertThatThrownBy(
            () -> new Http(_ -> bugPrincipal(), Refusals.UNRECORDED, List.of(one, two)).close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("served twice");
  }

  private static Principal bugPrincipal() {
    throw new IllegalStateException("never asked");
  }

  private static HttpResponse<String> post(String body) throws Exception {
    return http.send(
        "POST",
        "/echo",
        Optional.of(body.getBytes(StandardCharsets.UTF_8)),
        "Content-Type",
        "application/json");
  }

  private static HttpResponse<String> authorised(String path) throws Exception {
    return http.send("GET", path, Optional.empty(), "Authorization", "Bearer good");
  }

  private static JsonNode problem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).contains(Problem.CONTENT_TYPE);
    JsonNode problem = Json.tree(answer.body().getBytes(StandardCharsets.UTF_8));
    assertThat(problem.path("code").asText()).isEqualTo(code);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    return problem;
  }

  /// Clients send head and body apart, and use a connection again unless they are told not to.
  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/echo"})
  void refusalReadsTheBodyAndLeavesTheConnectionUsable(String path) throws IOException {
    String head =
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n"
            .formatted(path);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port())) {
      InputStream in = socket.getInputStream();
      for (int request = 0; request < 2; request++) {
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.setSoTimeout(200);
        assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
        socket.getOutputStream().write("{}".getBytes(StandardCharsets.US_ASCII));
        socket.setSoTimeout(20_000);
        String answer = answer(in);
        assertThat(answer).startsWith("HTTP/1.1 4").doesNotContain("Connection: close");
      }
    }
  }

  /// One answer of a connection that stays open: it ends with the problem's last brace.
  private static String answer(InputStream in) throws IOException {
    var answer = new StringBuilder();
    for (int read = in.read(); read >= 0; read = in.read()) {
      answer.append((char) read);
      if (read == '}') {
        break;
      }
    }
    return answer.toString();
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.port());
        OutputStream out = socket.getOutputStream();
        InputStream in = socket.getInputStream()) {
      socket.setSoTimeout(10_000);
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      byte[] buffer = new byte[4_096];
      int read = in.read(buffer);
      return new String(buffer, 0, Math.max(read, 0), StandardCharsets.ISO_8859_1);
    }
  }
}

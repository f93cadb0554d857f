package ai.rails.app.http;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.platform.config.Settings;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.http.Refusals;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.telemetry.Telemetry;
import ai.rails.projection.http.Console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// The code flow as a browser goes through it, and each way in that must be closed.
class SignInTest {
  private static final String KEY = "the-key-of-the-data-directory";
  private static final String VERIFIER = "v".repeat(43);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path data;
  private final HttpClient client = HttpClient.newHttpClient();
  private DevelopmentIssuer issuer;
  private Telemetry telemetry;
  private HttpServer server;
  private String origin;

  @BeforeEach
  void start() throws Exception {
    AtomicInteger secrets = new AtomicInteger();
    issuer = DevelopmentIssuer.open(data, InstantSource.system(), () -> "id");
    SignIn signIn =
        new SignIn(
            issuer,
            KEY,
            () -> "secret-" + secrets.incrementAndGet(),
            InstantSource.system(),
            () -> List.of("acme", "globex"));
    List<Route> routes = new ArrayList<>(signIn.routes());
    routes.addAll(new Console(() -> List.of(SignIn.identity())).routes());
    telemetry = Telemetry.start("test", Settings.of(Map.of()));
    server =
        HttpServer.start(
            Binding.plain("127.0.0.1", 0), routes, issuer.tokens(), Refusals.UNRECORDED, telemetry);
    origin = "http://127.0.0.1:" + server.port();
  }

  @AfterEach
  void stop() {
    server.close();
    telemetry.close();
    client.close();
  }

  @Test
  void whoHoldsTheKeyBecomesOneOfThePeople() throws Exception {
    Map<String, Object> given = token(Map.of("code", code("acme.p-approver-1")));

    var principal = issuer.tokens().authenticate(String.valueOf(given.get("access_token")));
    assertThat(principal.tenant()).isEqualTo("acme");
    assertThat(principal.subject()).isEqualTo("p-approver-1");
    assertThat(principal.roles()).containsExactly(Role.APPROVER);
    assertThat(given).containsEntry("token_type", "Bearer").containsEntry("expires_in", 1800);
  }

  @Test
  void withoutTheKeyNobodyIsAsked() throws Exception {
    assertThat(get("/development/enter/other", "").statusCode()).isEqualTo(403);
    assertThat(get(authorize(origin + "/sign-in"), "").statusCode()).isEqualTo(403);
    assertThat(post("/development/authorize", person("acme.p-admin"), "").statusCode())
        .isEqualTo(403);
  }

  @Test
  void theWayBackLeadsHereOnly() throws Exception {
    String cookie = cookie();
    for (String elsewhere :
        List.of("https://evil.example/sign-in", origin + "/sign-in/..", origin + "@evil.example")) {
      assertThat(get(authorize(elsewhere), cookie).statusCode()).isEqualTo(422);
    }
    assertThat(get(authorize(origin + "/sign-in"), cookie).body()).contains("p-approver-2");
  }

  @Test
  void aCodeIsGoodOnceForWhoeverAsked() throws Exception {
    String code = code("acme.p-operator");

    assertThat(exchange(Map.of("code", code, "code_verifier", "w".repeat(43)))).isEqualTo(400);
    assertThat(exchange(Map.of("code", code))).as("spent by the wrong try").isEqualTo(400);
    String second = code("acme.p-operator");
    assertThat(exchange(Map.of("code", second))).isEqualTo(200);
    assertThat(exchange(Map.of("code", second))).isEqualTo(400);
  }

  @Test
  void aRefreshTokenIsGoodOnce() throws Exception {
    Map<String, Object> first = token(Map.of("code", code("globex.p-auditor")));
    Map<String, String> refresh =
        Map.of(
            "grant_type",
            "refresh_token",
            "refresh_token",
            String.valueOf(first.get("refresh_token")));

    assertThat(token(refresh)).containsKey("access_token");
    assertThat(exchange(refresh)).isEqualTo(400);
  }

  @Test
  void somebodyWhoIsNobodyIsRefused() throws Exception {
    assertThat(post("/development/authorize", person("other.p-admin"), cookie()).statusCode())
        .isEqualTo(422);
  }

  @Test
  void pagesForbidWhatIsNotOurs() throws Exception {
    HttpResponse<String> page = get("/t/acme/w/ops/runs", "");

    if (page.statusCode() == 200) {
      String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
      assertThat(policy)
          .contains("default-src 'none'", "script-src 'self';", "trusted-types 'none'")
          .doesNotContain("unsafe", "http:", "https:", "data:");
    } else {
      assertThat(page.body()).contains("CONSOLE_NOT_BUILT");
    }
    assertThat(get("/assets/..%2findex.html", "").statusCode()).isNotEqualTo(200);
    assertThat(get("/assets/none.js", "").statusCode()).isEqualTo(404);
    assertThat(get("/console.json", "").body()).contains("\"development\":true");
  }

  private String cookie() throws Exception {
    HttpResponse<String> entered = get(SignIn.entrance(KEY), "");
    assertThat(entered.statusCode()).isEqualTo(303);
    String set = entered.headers().firstValue("Set-Cookie").orElseThrow();
    assertThat(set).contains("HttpOnly", "SameSite=Strict");
    return set.substring(0, set.indexOf(';'));
  }

  private String code(String person) throws Exception {
    HttpResponse<String> back = post("/development/authorize", person(person), cookie());
    assertThat(back.statusCode()).isEqualTo(303);
    String query = URI.create(back.headers().firstValue("Location").orElseThrow()).getQuery();
    return query.substring("code=".length(), query.indexOf('&'));
  }

  private Map<String, String> person(String person) {
    Map<String, String> form = asked(origin + "/sign-in");
    form.put("person", person);
    return form;
  }

  private static Map<String, String> asked(String redirect) {
    return new TreeMap<>(
        Map.of(
            "client_id",
            SignIn.CLIENT,
            "redirect_uri",
            redirect,
            "state",
            "s".repeat(22),
            "code_challenge",
            SignIn.challenge(VERIFIER),
            "code_challenge_method",
            "S256"));
  }

  private static String authorize(String redirect) {
    return "/development/authorize?" + encoded(asked(redirect));
  }

  private int exchange(Map<String, String> form) throws Exception {
    return exchanged(form).statusCode();
  }

  private HttpResponse<String> exchanged(Map<String, String> form) throws Exception {
    Map<String, String> whole = new TreeMap<>();
    whole.put("grant_type", "authorization_code");
    whole.put("code_verifier", VERIFIER);
    whole.put("redirect_uri", origin + "/sign-in");
    whole.putAll(form);
    return post("/development/token", whole, "");
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> token(Map<String, String> form) throws Exception {
    HttpResponse<String> given = exchanged(form);
    assertThat(given.statusCode()).isEqualTo(200);
    return JSON.readValue(given.body(), Map.class);
  }

  private HttpResponse<String> get(String path, String cookie)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(origin + path)).header("Cookie", cookie).build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, Map<String, String> form, String cookie)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(origin + path))
            .header("Cookie", cookie)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(encoded(form)))
            .build(),
        BodyHandlers.ofString());
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }
}

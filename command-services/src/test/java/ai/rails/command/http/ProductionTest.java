package ai.rails.command.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.crypto.tink.subtle.Ed25519Sign;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.command.CommandServices;
import ai.rails.command.CommandServices.Surroundings;
import ai.rails.command.TestIds;
import ai.rails.command.TestStore;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Role;
import ai.rails.platform.telemetry.Telemetry;

import static org.assertj.core.api.Assertions.assertThat;

/// The whole write side as `environment.kind=production` wires it. OPA is a stub that answers the
/// lint of workflows and nothing else.
@Tag("slow")
class ProductionTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String WORKFLOWS = "/v1/workspaces/w1/workflows";
  private static final String NOTHING_ODD = "{\"result\": []}";

  @TempDir private static Path data;
  private static final AtomicReference<String> LINT = new AtomicReference<>(NOTHING_ODD);
  private static com.sun.net.httpserver.HttpServer opa;
  private static TestStore store;
  private static CommandServices services;
  private static DevelopmentIssuer issuer;
  private static HttpServer server;
  private static Telemetry telemetry;

  @BeforeAll
  static void start() throws Exception {
    opa =
        com.sun.net.httpserver.HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    opa.createContext(
        "/v1/data/airails/workflow_lint/findings",
        exchange -> {
          byte[] answer = LINT.get().getBytes(StandardCharsets.UTF_8);
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    opa.start();
    store = TestStore.open().tenant("t1", "w1");
    TestIds ids = new TestIds();
    InstantSource clock = InstantSource.system();
    services =
        CommandServices.start(
            Settings.of(
                Map.of(
                    "cell.id", "c1",
                    "region", "eu",
                    "environment.kind", "production",
                    "passkeys.relyingParty", "rails.test",
                    "data.dir", data.toString(),
                    "opa.url", "http://127.0.0.1:" + opa.getAddress().getPort(),
                    "opa.token", "t",
                    "egress.proxyId", "p1",
                    "command.url", "http://127.0.0.1:1")),
            store.config(),
            new Surroundings(
                new TestCompiler(),
                (_, _, _) -> true,
                (_, _) -> Optional.empty(),
                new Ed25519Sign(Ed25519Sign.KeyPair.newKeyPair().getPrivateKey()),
                clock,
                new Random(1),
                ids));
    issuer = DevelopmentIssuer.open(data, clock, () -> ids.get().toString());
    telemetry = Telemetry.inMemory();
    server =
        HttpServer.start(
            Binding.plain("127.0.0.1", 0),
            services.routes(),
            services.authenticator(issuer.tokens()),
            services.refusals(),
            telemetry);
  }

  @AfterAll
  static void stop() {
    server.close();
    services.close();
    telemetry.close();
    store.close();
    opa.stop(0);
  }

  @Test
  void noVersionRunsBeforeSomebodyElseThanItsAuthorReleasesIt() throws Exception {
    said(201, publish("triage ship 1.0.0", "dana"));
    String of = WORKFLOWS + "/ship";
    String live = "{\"environment\": \"production\", \"version\": \"1.0.0\"}";

    said(409, "RELEASE_REQUIRED", post(of + "/activate", live, "dana", Role.BUILDER));
    said(403, "AUTHOR_MAY_NOT_APPROVE", post(of + "/releases", live, "dana", Role.APPROVER));
    said(409, "RELEASE_REQUIRED", post(of + "/activate", live, "dana", Role.BUILDER));
    assertThat(active("ship")).isZero();
    said(200, post(of + "/releases", live, "lena", Role.APPROVER));
    said(200, post(of + "/activate", live, "dana", Role.BUILDER));

    assertThat(active("ship")).isOne();
    assertThat(
            store.number(
                "SELECT count(*) FROM event WHERE event_type = 'RELEASE_APPROVED'"
                    + " AND stream_id = 'ship'"))
        .isOne();
  }

  @Test
  void nobodyAloneGrantsWhatAReleasedVersionMayDo() throws Exception {
    said(201, publish("triage gear 1.0.0", "dana"));
    String of = WORKFLOWS + "/gear";
    String live = "{\"environment\": \"production\", \"version\": \"1.0.0\"}";
    said(200, post(of + "/releases", live, "lena", Role.APPROVER));
    said(200, post(of + "/activate", live, "dana", Role.BUILDER));

    JsonNode draft =
        send(
            "PUT",
            of + "/grants",
            "{\"environment\": \"production\", \"actions\": [{\"connector\": \"snow\","
                + " \"action\": \"update-incident\"}]}",
            "application/json",
            "ada",
            Role.ADMIN);

    said(201, draft);
    assertThat(draft.path("state").asText()).isEqualTo("OPEN");
    assertThat(store.number("SELECT count(*) FROM policy_draft WHERE state = 'OPEN'")).isOne();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"result\": {}}",
        "{\"result\": [{\"severity\": \"FINE\", \"code\": \"x\", \"at\": \"y\"}]}",
        "{\"result\": [{\"severity\": \"ERROR\"}]}",
        "{\"result\": [",
        "no"
      })
  void nothingIsPublishedWherePolicyIsNotUnderstood(String answer) throws Exception {
    LINT.set(answer);
    try {
      said(503, "UNAVAILABLE", publish("triage lost 1.0.0", "dana"));
    } finally {
      LINT.set(NOTHING_ODD);
    }

    assertThat(store.number("SELECT count(*) FROM workflow_artifact WHERE workflow = 'lost'"))
        .isZero();
  }

  private static long active(String workflow) {
    return store.number("SELECT count(*) FROM workflow_active WHERE workflow = ?", workflow);
  }

  private static void said(int status, String code, JsonNode answer) {
    said(status, answer);
    assertThat(answer.path("code").asText()).isEqualTo(code);
  }

  private static void said(int status, JsonNode answer) {
    assertThat(answer.path("httpStatus").asInt()).as(answer.toString()).isEqualTo(status);
  }

  private static JsonNode publish(String text, String by) throws Exception {
    return send("POST", WORKFLOWS, text, "application/yaml", by, Role.BUILDER);
  }

  private static JsonNode post(String path, String body, String by, Role role) throws Exception {
    return send("POST", path, body, "application/json", by, role);
  }

  private static JsonNode send(
      String method, String path, String body, String type, String by, Role role) throws Exception {
    String token = issuer.issue("t1", by, Set.of(role), Duration.ofMinutes(30));
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", type)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    ObjectNode json = Json.tree(answer.body().getBytes(StandardCharsets.UTF_8)).deepCopy();
    return json.put("httpStatus", answer.statusCode());
  }
}

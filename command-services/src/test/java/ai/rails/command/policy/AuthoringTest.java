package ai.rails.command.policy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.crypto.tink.subtle.Ed25519Sign;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.CommandServices;
import ai.rails.command.CommandServices.Surroundings;
import ai.rails.command.TestIds;
import ai.rails.command.TestStore;
import ai.rails.command.http.TestCompiler;
import ai.rails.command.tenant.PeopleApi;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.http.Role;
import ai.rails.platform.opa.BundleFreshness;
import ai.rails.platform.opa.OpaClient;
import ai.rails.platform.opa.OpaSettings;
import ai.rails.platform.telemetry.Telemetry;

import static org.assertj.core.api.Assertions.assertThat;

/// Policy as its owners change it, over HTTP on the whole write side, enforced by a real OPA:
/// drafts with a second person, simulation, rollback, and the kill switch with its time.
@Tag("slow")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AuthoringTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DIGEST = "sha256:" + "c".repeat(64);
  private static final String PAUSES =
      "SELECT count(*) FROM event WHERE event_type IN ('PAUSE_PLACED', 'PAUSE_LIFTED')";
  private static final String ARTIFACT = "sha256:" + "a".repeat(64);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private static Path data;
  private static final List<AutoCloseable> PARTS = new ArrayList<>();
  private static TestStore store;
  private static DevelopmentIssuer issuer;
  private static HttpServer server;
  private static OpaClient policy;
  private static BundleFreshness freshness;
  private static String before = "";

  @BeforeAll
  static void start() throws Exception {
    store = kept(TestStore.open().tenant("t1", "w1"));
    int opaPort = Desk.freePort();
    int port = Desk.freePort();
    String binary = OpaSidecar.binary();
    Settings settings =
        Settings.of(
            Map.ofEntries(
                Map.entry("cell.id", "c1"),
                Map.entry("region", "eu"),
                Map.entry("environment.kind", "test"),
                Map.entry("data.dir", data.toString()),
                Map.entry("opa.url", "http://127.0.0.1:" + opaPort),
                Map.entry("opa.token", "decision"),
                Map.entry("opa.probe.token", "probe"),
                Map.entry("opa.binary", binary),
                Map.entry("egress.proxyId", "p1"),
                Map.entry("command.url", "http://127.0.0.1:" + port)));
    InstantSource clock = InstantSource.system();
    TestIds ids = new TestIds();
    CommandServices services =
        kept(
            CommandServices.start(
                settings,
                store.config(),
                new Surroundings(
                    new TestCompiler(),
                    (_, _, _) -> true,
                    (_, _) -> Optional.empty(),
                    new Ed25519Sign(Ed25519Sign.KeyPair.newKeyPair().getPrivateKey()),
                    clock,
                    new Random(1),
                    ids)));
    issuer = DevelopmentIssuer.open(data, clock, () -> ids.get().toString());
    server =
        kept(
            HttpServer.start(
                Binding.plain("127.0.0.1", port),
                services.routes(),
                services.authenticator(issuer.tokens()),
                services.refusals(),
                kept(Telemetry.inMemory())));
    OpaConfig config = services.opaConfig(settings, token(), data.resolve("bundles"));
    Process opa = Desk.startOpa(data, config, binary, opaPort);
    kept(() -> opa.destroyForcibly().onExit().join());
    kept(services::endWaiting);
    OpaSettings toOpa = OpaSettings.of(URI.create("http://127.0.0.1:" + opaPort), "decision");
    freshness = kept(new BundleFreshness(toOpa, clock, System::nanoTime).start());
    policy = kept(new OpaClient(toOpa, freshness, Desk.marks(), ids, clock));
    roles("ada", Role.ADMIN);
    roles("bea", Role.ADMIN);
    roles("cyn", Role.ADMIN);
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable part : PARTS) {
      part.close();
    }
  }

  @Test
  @Order(1)
  void twoPeopleChangeWhatIsGranted() throws Exception {
    before = get("/policy/v1/data").path("contentSha256").asText();
    assertThat(decided()).isEqualTo(Effect.DENY);
    JsonNode draft = ok(201, call("POST", "bea", "/v1/policy/drafts", granting()));
    String id = draft.path("draft").asText();

    simulate(id, ", \"since\": \"2099-01-01T00:00:00Z\"");
    JsonNode early = call("POST", "ada", decision(id), "{\"approve\": true}");
    assertThat(early.path("code").asText()).isEqualTo("NOT_SIMULATED");
    simulate(id);
    assertThat(call("POST", "bea", decision(id), "{\"approve\": true}").path("code").asText())
        .isEqualTo("FORBIDDEN");
    assertThat(decided()).isEqualTo(Effect.DENY);
    ok(200, call("POST", "ada", decision(id), "{\"approve\": true}"));

    await(Effect.ALLOW);
    assertThat(call("POST", "ada", decision(id), "{\"approve\": true}").path("status").asInt())
        .isEqualTo(404);
    assertThat(
            store.number(
                "SELECT count(*) FROM event WHERE event_type IN ('POLICY_DRAFTED',"
                    + " 'POLICY_SIMULATED', 'POLICY_DRAFT_DECISIONED')"))
        .isEqualTo(4);
  }

  @Test
  @Order(2)
  void aPauseHoldsWithinSecondsAndFailsNothing() throws Exception {
    await(Effect.ALLOW);
    String path = "/v1/policy/pauses/tool/desk.send";
    long placed = System.nanoTime();
    ok(200, call("PUT", "ada", path, "{\"code\": \"incident\"}"));
    await(Effect.THROTTLE);
    long holds = System.nanoTime() - placed;
    assertThat(ask().reasons()).containsExactly("paused.tool");
    assertThat(ask().retryAfterMillis()).contains(10_000L);
    assertThat(get("/policy/v1/pauses").path("pauses").path("TOOL").path("desk.send").asText())
        .isEqualTo("incident");

    ok(200, call("DELETE", "ada", path, ""));
    await(Effect.ALLOW);
    System.out.printf("pause answered to pause enforced: %.0f ms%n", holds / 1e6);
    assertThat(Duration.ofNanos(holds)).isLessThan(Duration.ofSeconds(10));
    assertThat(store.number(PAUSES)).isEqualTo(2);
    assertThat(
            call("PUT", "ada", "/v1/policy/pauses/tenant/t2", "{\"code\": \"x\"}")
                .path("status")
                .asInt())
        .isEqualTo(404);
  }

  @Test
  @Order(3)
  void anExceptionHasAnApproverAndAnEndAndIsSeenInTheDecision() throws Exception {
    accept(draft("bea", "/v1/policy/drafts", limited("1.7.0")), "ada");
    Decision _ = Await.until(() -> ask(50, 0), said -> version(said).contains("@1.7.0+"));
    await(500, 0, Effect.DENY, "param.amount");
    await(50, 0, Effect.ALLOW, "tool.granted");
    assertThat(
            call("POST", "ada", "/v1/policy/exceptions", Desk.exception("ada"))
                .path("status")
                .asInt())
        .isEqualTo(422);

    String id = draft("bea", "/v1/policy/exceptions", Desk.exception("ada"));
    simulate(id);
    JsonNode other = call("POST", "cyn", decision(id), "{\"approve\": true}");
    assertThat(other.path("detail").asText()).contains("names ada as its approver");
    assertThat(ok(200, call("POST", "ada", decision(id), "{\"approve\": true}")).path("version"))
        .hasToString("\"1.7.1\"");

    await(500, 0, Effect.ALLOW, "exception.big");
    assertThat(ask(500, 45).reasons()).as("after its end").containsExactly("param.amount");
    JsonNode listed = get("/policy/v1/exceptions").path("items").path(0);
    assertThat(listed.path("state").asText()).isEqualTo("ACTIVE");
    assertThat(listed.path("approver").asText()).isEqualTo("ada");
    ok(200, call("DELETE", "bea", "/v1/policy/exceptions/big", ""));
    await(500, 0, Effect.DENY, "param.amount");
    assertThat(
            store.number(
                "SELECT count(*) FROM event WHERE event_type IN"
                    + " ('POLICY_EXCEPTION_GRANTED', 'POLICY_EXCEPTION_WITHDRAWN')"))
        .isEqualTo(2);

    String late =
        draft(
            "bea", "/v1/policy/drafts", granting().replaceFirst("}$", ", \"version\": \"1.7.1\"}"));
    simulate(late);
    assertThat(call("POST", "ada", decision(late), "{\"approve\": true}").path("code").asText())
        .isEqualTo("SEMVER");
    ok(200, call("POST", "ada", decision(late), "{\"approve\": false}"));
    accept(draft("bea", "/v1/policy/drafts", granting()), "ada");
  }

  private static String draft(String author, String path, String body) throws Exception {
    return ok(201, call("POST", author, path, body)).path("draft").asText();
  }

  private static void accept(String draft, String by) throws Exception {
    simulate(draft);
    ok(200, call("POST", by, decision(draft), "{\"approve\": true}"));
  }

  private static String version(Decision decision) {
    return decision.revisions().getOrDefault("t_t1", "");
  }

  /// What was granted, up to an amount.
  private static String limited(String version) throws Exception {
    ObjectNode now = get("/policy/v1/data").path("data").deepCopy();
    Grant grant =
        Grant.of("desk", "send", DIGEST, List.of("dev"), List.of(ARTIFACT))
            .withParams(Map.of("amount", new ParamRule.AtMost(100, true)));
    now.putObject("tools")
        .putObject("desk")
        .putObject("actions")
        .set("send", JSON.valueToTree(grant.json()));
    return "{\"version\": \"%s\", \"data\": %s}".formatted(version, now);
  }

  private static void await(int amount, int later, Effect effect, String reason) {
    Decision _ =
        Await.until(
            () -> ask(amount, later),
            said -> said.effect() == effect && said.reasons().contains(reason));
  }

  @Test
  @Order(4)
  void aDraftOfWhatIsNoLongerInEffectIsRefused() throws Exception {
    JsonNode draft = ok(201, call("POST", "bea", "/v1/policy/drafts", emptied()));
    String id = draft.path("draft").asText();
    simulate(id);
    assertThat(store.number("SELECT count(*) FROM event WHERE event_type = 'EVIDENCE_READ'"))
        .as("who read the draft is an entry")
        .isPositive();
    ok(200, call("PUT", "ada", "/v1/policy/pauses/workflow/desk", "{\"code\": \"x\"}"));

    assertThat(call("POST", "ada", decision(id), "{\"approve\": true}").path("detail").asText())
        .contains("no longer in effect");
    ok(200, call("DELETE", "ada", "/v1/policy/pauses/workflow/desk", ""));
    ok(200, call("POST", "ada", decision(id), "{\"approve\": false}"));
    await(Effect.ALLOW);
  }

  @Test
  @Order(5)
  void anEarlierContentIsBroughtBackByTwoPeople() throws Exception {
    JsonNode draft =
        ok(
            201,
            call("POST", "bea", "/v1/policy/drafts", "{\"content\": \"%s\"}".formatted(before)));
    simulate(draft.path("draft").asText());
    ok(200, call("POST", "ada", decision(draft.path("draft").asText()), "{\"approve\": true}"));

    await(Effect.DENY);
    assertThat(get("/policy/v1/data").path("data").path("tools").size()).isZero();
  }

  @Test
  @Order(6)
  void authZenAnswersByTheRolesOfTheTenant() throws Exception {
    // The service's own client may still ask for what was published last.
    JsonNode own =
        Await.until(
            () -> may("ada", "policy.publish", "t1"),
            said -> said.path("context").path("unavailable").isMissingNode());

    assertThat(own.path("decision").asBoolean()).as(own.toString()).isTrue();
    assertThat(may("ada", "run.start", "t1").path("decision").asBoolean(true)).isFalse();
    assertThat(may("nobody", "policy.publish", "t1").path("decision").asBoolean(true)).isFalse();
    JsonNode foreign = may("ada", "policy.publish", "t2");
    assertThat(foreign.path("decision").asBoolean(true)).isFalse();
    assertThat(foreign.path("context").path("reasons").path(0).asText())
        .isEqualTo("api.other_tenant");
  }

  @Test
  @Order(7)
  void ownersSetLimitsTiersGroupsPausesAndTemplatesWithoutRego() throws Exception {
    accept(draft("bea", "/v1/policy/drafts", granting()), "ada");
    await(Effect.ALLOW);
    for (String wrong : Desk.WRONG_SETTINGS) {
      assertThat(call("POST", "bea", "/v1/policy/settings", wrong).path("status").asInt())
          .as(wrong)
          .isEqualTo(422);
    }

    long before = store.number(PAUSES);
    String id = draft("bea", "/v1/policy/settings", Desk.settings());
    assertThat(get("/policy/v1/settings").path("limits")).as("a draft is no setting").isEmpty();
    assertThat(simulate(id).path("lint").findValuesAsText("code"))
        .as("nobody of finance may approve")
        .contains("tier.too_few", "routing.no_other");
    assertThat(call("POST", "bea", decision(id), "{\"approve\": true}").path("code").asText())
        .isEqualTo("FORBIDDEN");
    ok(200, call("POST", "ada", decision(id), "{\"approve\": true}"));

    await(500, 0, Effect.DENY, "param.amount");
    await(250, 0, Effect.DENY, "money_movement.too_much");
    await(150, 0, Effect.REQUIRE_HITL, "risk.approvals");
    assertThat(ask(150, 0).obligations().getFirst().parameters())
        .containsEntry("role", "finance")
        .containsEntry("escalate_role", "board")
        .containsEntry("quorum", "2");
    JsonNode now = get("/policy/v1/settings");
    JsonNode asked = JSON.readTree(Desk.settings());
    for (String section : List.of("tiers", "groups", "pauses", "routing", "templates")) {
      assertThat(now.path(section)).as(section).isEqualTo(asked.path(section));
    }
    assertThat(get("/policy/v1/data").path("data").path("principals").path("fay").path("roles"))
        .as("a group is a role of its members")
        .hasToString("[\"finance\"]");
    assertThat(store.app().<Set<String>>inTenant("t1", c -> PeopleApi.rolesOf(c, "t1", "fay")))
        .as("and of whoever decides about a gate")
        .containsExactly("finance");
    assertThat(store.number(PAUSES)).as("a drafted pause is an entry too").isEqualTo(before + 1);

    accept(draft("bea", "/v1/policy/settings", "{\"pauses\": [], \"templates\": []}"), "ada");
    await(250, 0, Effect.REQUIRE_HITL, "risk.approvals");
    assertThat(get("/policy/v1/pauses").path("pauses")).isEmpty();
    assertThat(store.number(PAUSES)).isEqualTo(before + 2);

    String nothing = Desk.settings().replace("\"max\": 300", "\"min\": 400, \"max\": 300");
    String contradicting = draft("bea", "/v1/policy/settings", nothing);
    assertThat(simulate(contradicting).path("lint").toString()).contains("limit.empty", "ERROR");
    assertThat(
            call("POST", "ada", decision(contradicting), "{\"approve\": true}")
                .path("code")
                .asText())
        .isEqualTo("NOT_SIMULATED");
  }

  private static JsonNode may(String subject, String action, String tenant) throws Exception {
    return ok(
        200,
        call(
            "POST",
            "ada",
            "/access/v1/evaluation",
            """
            {"subject": {"type": "user", "id": "%s"}, "action": {"name": "%s"},
             "resource": {"type": "tenant", "id": "%s", "properties": {"tenant": "%s"}}}\
            """
                .formatted(subject, action, tenant, tenant)));
  }

  private static JsonNode simulate(String draft) throws Exception {
    return simulate(draft, "");
  }

  private static JsonNode simulate(String draft, String more) throws Exception {
    JsonNode data = get("/policy/v1/drafts/" + draft).path("data");
    JsonNode report =
        ok(
                201,
                call(
                    "POST",
                    "bea",
                    "/v1/policy/simulations",
                    "{\"tenantData\": %s%s}".formatted(data, more)))
            .path("report");
    assertThat(report.path("undefined").asInt(-1)).isZero();
    assertThat(report.path("semver").asText()).isEqualTo("PATCH");
    return report;
  }

  private static String decision(String draft) {
    return "/v1/policy/drafts/%s/decision".formatted(draft);
  }

  private static String granting() throws Exception {
    ObjectNode now = get("/policy/v1/data").path("data").deepCopy();
    Grant grant = Grant.of("desk", "send", DIGEST, List.of("dev"), List.of(ARTIFACT));
    now.putObject("tools")
        .putObject("desk")
        .putObject("actions")
        .set("send", JSON.valueToTree(grant.json()));
    now.putObject("budget").put("currency", "USD");
    return "{\"data\": %s}".formatted(now);
  }

  private static String emptied() throws Exception {
    ObjectNode now = get("/policy/v1/data").path("data").deepCopy();
    now.putObject("tools");
    return "{\"data\": %s}".formatted(now);
  }

  private static Decision ask() {
    return ask(0, 0);
  }

  /// @param later seconds that the question's clock is ahead; policy takes up to sixty
  private static Decision ask(int amount, int later) {
    freshness.poll();
    return policy.decide(Desk.question(amount, later, DIGEST, ARTIFACT));
  }

  private static Effect decided() {
    return Await.until(AuthoringTest::ask, said -> said.unavailable().isEmpty()).effect();
  }

  private static void await(Effect effect) {
    Decision _ =
        Await.until(
            AuthoringTest::ask, said -> said.unavailable().isEmpty() && said.effect() == effect);
  }

  private static JsonNode get(String path) throws Exception {
    return ok(200, call("GET", "ada", path, ""));
  }

  private static JsonNode ok(int status, JsonNode answer) {
    assertThat(answer.path("httpStatus").asInt()).as(answer.toString()).isEqualTo(status);
    return answer;
  }

  private static JsonNode call(String method, String subject, String path, String body)
      throws Exception {
    String token = issuer.issue("t1", subject, Set.of(Role.ADMIN), Duration.ofMinutes(30));
    HttpResponse<String> answer =
        CLIENT.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    ObjectNode json = JSON.readTree(answer.body()).deepCopy();
    return json.put("httpStatus", answer.statusCode());
  }

  private static void roles(String subject, Role role) throws Exception {
    String by = subject.equals("ada") ? "bea" : "ada";
    ok(
        200,
        call(
            "PUT",
            by,
            "/v1/workspaces/w1/roles/" + subject,
            "{\"roles\": [\"%s\"]}".formatted(role.word())));
  }

  private static Path token() throws Exception {
    return Files.writeString(
        data.resolve("service.token"),
        issuer.issue("platform", "svc-opa", Set.of(Role.SERVICE), Duration.ofMinutes(55)));
  }

  private static <T extends AutoCloseable> T kept(T part) {
    PARTS.addFirst(part);
    return part;
  }
}

package ai.rails.command.http;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.command.workflow.Digests;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceChanged;
import ai.rails.domain.connector.ConnectorInstanceEvent.Part;
import ai.rails.domain.run.Run.Status;
import ai.rails.platform.http.Role;
import ai.rails.platform.keys.HpkeKeyPair;

import static ai.rails.command.http.Office.expect;
import static ai.rails.command.http.Office.json;
import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class WriteApiTest {
  private static final String START =
      "{\"workflow\": \"triage\", \"environment\": \"dev\", \"inputs\": {\"incident\": \"INC1\"}}";

  @TempDir private static Path data;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1").furnished("t2");
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void tenantTakesNoCommandBeforeItIsProvisioned() throws Exception {
    String body = "{\"tenant\": \"t9\", \"region\": \"eu\"}";
    HttpResponse<String> created = office.post("cell", "root", "/v1/tenants", body, Role.PLATFORM);
    expect(202, created);
    assertThat(json(created).path("status").asText()).isEqualTo("PROVISIONING");
    assertThat(json(created).path("position").asLong()).isEqualTo(1);

    String workspace = "{\"workspace\": \"w1\"}";
    problem(
        office.post("t9", "ada", "/v1/workspaces", workspace, Role.ADMIN),
        409,
        "TENANT_NOT_ACTIVE");

    expect(200, office.post("t9", "provisioner", "/v1/tenants/t9/provisioned", "", Role.SERVICE));
    expect(201, office.post("t9", "ada", "/v1/workspaces", workspace, Role.ADMIN));
    assertThat(office.events("t9", "TENANT_CREATED")).isEqualTo(1);
    expect(202, office.post("cell", "root", "/v1/tenants", body, Role.PLATFORM));
    assertThat(office.events("t9", "TENANT_CREATED")).isEqualTo(1);
  }

  @Test
  void tenantOfAnotherRegionOrRoleIsRefused() throws Exception {
    problem(
        office.post(
            "cell",
            "root",
            "/v1/tenants",
            "{\"tenant\": \"t8\", \"region\": \"us\"}",
            Role.PLATFORM),
        422,
        "INVALID");
    problem(
        office.post(
            "t1", "ada", "/v1/tenants", "{\"tenant\": \"t8\", \"region\": \"eu\"}", Role.ADMIN),
        403,
        "FORBIDDEN");
    problem(
        office.post("t1", "svc", "/v1/tenants/t2/provisioned", "", Role.SERVICE), 404, "NOT_FOUND");
    assertThat(office.events("t1", "ACCESS_REFUSED")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void sameKeyAndBodyGetTheSameAnswer() throws Exception {
    HttpResponse<String> first = start("t1", "k-same", START);
    HttpResponse<String> second = start("t1", "k-same", START);

    expect(202, first);
    expect(202, second);
    assertThat(json(second).path("run")).isEqualTo(json(first).path("run"));
    assertThat(second.headers().firstValue("Location"))
        .isEqualTo(first.headers().firstValue("Location"));
    assertThat(second.headers().firstValue("Idempotent-Replayed")).contains("true");
    assertThat(first.headers().firstValue("Idempotent-Replayed")).isEmpty();
    assertThat(json(second).path("position").asLong())
        .isGreaterThanOrEqualTo(json(first).path("position").asLong());
  }

  @Test
  void sameKeyWithAnotherBodyIs409() throws Exception {
    expect(202, start("t1", "k-other", START));
    problem(start("t1", "k-other", START.replace("INC1", "INC2")), 409, "IDEMPOTENCY_KEY_REUSED");
  }

  @Test
  void keyBelongsToItsPrincipalAndTenant() throws Exception {
    String one = json(start("t1", "k-own", START)).path("run").asText();
    String other = json(start("t2", "k-own", START)).path("run").asText();
    assertThat(other).isNotEqualTo(one);
  }

  @Test
  void manyAtOnceStartOneRun() throws Exception {
    List<Callable<HttpResponse<String>>> asks = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      asks.add(() -> start("t1", "k-race", START.replace("INC1", "INC-RACE")));
    }
    List<String> started = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<HttpResponse<String>> answer : threads.invokeAll(asks)) {
        assertThat(answer.get().statusCode()).isIn(202, 409);
        if (answer.get().statusCode() == 202) {
          started.add(json(answer.get()).path("run").asText());
        } else {
          assertThat(json(answer.get()).path("code").asText()).isEqualTo("IDEMPOTENCY_IN_PROGRESS");
        }
      }
    }
    assertThat(started).isNotEmpty();
    assertThat(started.stream().distinct()).hasSize(1);
    assertThat(
            office.store.number(
                "SELECT count(*) FROM idempotency WHERE tenant = 't1' AND key = 'k-race'"))
        .isEqualTo(1);
  }

  @Test
  void refusalIsNotStored() throws Exception {
    String body = START.replace("triage", "missing");
    problem(start("t1", "k-refused", body), 404, "NOT_FOUND");
    assertThat(office.store.number("SELECT count(*) FROM idempotency WHERE key = 'k-refused'"))
        .isZero();
  }

  @Test
  void inputsAreCheckedAgainstTheirTypes() throws Exception {
    problem(start("t1", "i1", START.replace("\"INC1\"", "7")), 422, "INVALID");
    problem(start("t1", "i2", START.replace("INC1", "x".repeat(65))), 422, "INVALID");
    problem(start("t1", "i3", START.replace("{\"incident\": \"INC1\"}", "{}")), 422, "INVALID");
    problem(start("t1", "i4", START.replace("\"INC1\"", "\"INC1\", \"more\": 1")), 422, "INVALID");
    problem(start("t1", "i5", START.replace("INC1", "a b")), 422, "INVALID");
  }

  @Test
  void contentInputMustBeSealedToTheRelease() throws Exception {
    JsonNode published =
        json(
            office.text(
                "t1",
                "dana",
                "sealed secret 1.0.0",
                "/v1/workspaces/w1/workflows?activate=dev",
                Role.BUILDER));
    byte[] key = Base64.getDecoder().decode(published.path("ingestPublicKey").asText());
    String body =
        "{\"workflow\": \"secret\", \"environment\": \"dev\", \"inputs\": {\"level\": \"1\"},"
            + " \"sealedInputs\": {\"note\": \"%s\"}}";
    String plain =
        Base64.getEncoder().encodeToString("the plain text".getBytes(StandardCharsets.UTF_8));
    problem(start("t1", "s1", body.formatted(plain)), 422, "INVALID");
    byte[] foreign = HpkeKeyPair.seal(HpkeKeyPair.generate().publicKey(), new byte[] {1}, "x");
    problem(start("t1", "s2", body.formatted(encode(foreign))), 422, "INVALID");

    byte[] sealed =
        HpkeKeyPair.seal(
            key,
            "\"the plain text\"".getBytes(StandardCharsets.UTF_8),
            "airails|1|input|t1|%s|note".formatted(published.path("artifactDigest").asText()));
    HttpResponse<String> started = start("t1", "s3", body.formatted(encode(sealed)));

    expect(202, started);
    assertThat(
            office.one(
                "SELECT ref FROM sealed_content WHERE run = ?", json(started).path("run").asText()))
        .isEqualTo("input/note");
  }

  @Test
  void faultsOfAWorkflowNameTheirPlace() throws Exception {
    HttpResponse<String> answer =
        office.text("t1", "dana", "nonsense", "/v1/workspaces/w1/workflows", Role.BUILDER);
    problem(answer, 422, "WORKFLOW_INVALID");
    assertThat(json(answer).path("errors").path(0).path("line").asInt()).isEqualTo(1);
  }

  @Test
  void publishedVersionIsNeverChanged() throws Exception {
    String path = "/v1/workspaces/w1/workflows";
    expect(201, office.text("t1", "dana", "triage fixed 1.0.0", path, Role.BUILDER));
    expect(201, office.text("t1", "dana", "triage fixed 1.0.0", path, Role.BUILDER));
    problem(
        office.text("t1", "dana", "sealed fixed 1.0.0", path, Role.BUILDER), 409, "ALREADY_EXISTS");
    expect(
        200,
        office.post(
            "t1",
            "dana",
            path + "/fixed/activate",
            "{\"environment\": \"test\", \"version\": \"1.0.0\"}",
            Role.BUILDER));
    problem(
        office.post(
            "t1",
            "dana",
            path + "/fixed/activate",
            "{\"environment\": \"test\", \"version\": \"2.0.0\"}",
            Role.BUILDER),
        404,
        "NOT_FOUND");
    expect(
        200,
        office.post(
            "t1", "dana", path + "/fixed/deactivate", "{\"environment\": \"test\"}", Role.BUILDER));
    problem(
        office.post(
            "t1", "dana", path + "/none/deactivate", "{\"environment\": \"test\"}", Role.BUILDER),
        404,
        "NOT_FOUND");
    assertThat(office.bus.history("t1", "Workflow", "fixed"))
        .extracting(recorded -> recorded.event().entryType().name())
        .containsExactly("WORKFLOW_PUBLISHED", "WORKFLOW_ACTIVATED", "WORKFLOW_DEACTIVATED");
    assertThat(
            office.store.number(
                "SELECT count(*) FROM workflow_active WHERE tenant = 't1' AND workflow = 'fixed'"))
        .isZero();
  }

  @Test
  void credentialIsStoredSealedOrNotAtAll() throws Exception {
    String instances = "/v1/workspaces/w1/connector-instances";
    byte[] key =
        java.util.Base64.getDecoder()
            .decode(
                office
                    .store
                    .everything(c ->
                        ai.rails.platform.postgres.Sql.one(
                            c,
                            "SELECT encode(ingest_public, 'base64') FROM connector_instance"
                                + " WHERE tenant = 't1' AND instance = 'snow-dev'",
                            row -> row.getString(1).replace("\n", "")))
                    .orElseThrow());
    String path = instances + "/snow-dev/credential";
    problem(
        office.put("t1", "ada", path, "{\"sealed\": \"cGFzc3dvcmQ=\"}", Role.ADMIN),
        422,
        "INVALID");
    byte[] sealed = HpkeKeyPair.seal(key, new byte[] {1}, "airails|1|credential|t1|snow-dev");
    String body = "{\"sealed\": \"%s\"}".formatted(encode(sealed));
    expect(200, office.put("t1", "ada", path, body, Role.ADMIN));
    assertThat(office.events("t1", "CREDENTIAL_STORED")).isEqualTo(1);
    problem(
        office.put("t2", "ada", instances + "/none/credential", body, Role.ADMIN),
        404,
        "NOT_FOUND");
    problem(
        office.put(
            "t1",
            "ada",
            path,
            "{\"sealed\": \"%s\"}".formatted(encode(new byte[9_000])),
            Role.ADMIN),
        422,
        "INVALID");
  }

  @Test
  void webhookSecretIsNeitherShownNorStoredInTheClear() throws Exception {
    office.secret("t1", "snow-dev", "this-is-a-secret-0123");
    byte[] stored =
        office
            .store
            .everything(c ->
                ai.rails.platform.postgres.Sql.one(
                    c,
                    "SELECT webhook_secret_wrapped FROM connector_instance"
                        + " WHERE tenant = 't1' AND instance = 'snow-dev'",
                    row -> row.getBytes(1)))
            .orElseThrow();
    assertThat(new String(stored, StandardCharsets.ISO_8859_1))
        .doesNotContain("this-is-a-secret-0123");
    assertThat(office.bus.history("t1", "ConnectorInstance", "snow-dev"))
        .last()
        .satisfies(recorded ->
            assertThat(recorded.event())
                .isEqualTo(
                    new ConnectorInstanceChanged(
                        "snow-dev", Part.WEBHOOK_SECRET, Digests.hex(stored))));
  }

  @Test
  void foreignRunAnswersLikeOneThatDoesNotExist() throws Exception {
    String run = json(start("t1", "f1", START)).path("run").asText();
    HttpResponse<String> foreign = cancel("t2", run);
    HttpResponse<String> random = cancel("t2", "0".repeat(36));
    problem(foreign, 404, "NOT_FOUND");
    assertThat(foreign.statusCode()).isEqualTo(random.statusCode());
    assertThat(json(foreign).path("detail").asText().replace(run, ""))
        .isEqualTo(json(random).path("detail").asText().replace("0".repeat(36), ""));
    assertThat(office.events("t2", "ACCESS_REFUSED")).isPositive();
    assertThat(office.bus.load("t1", office.runs, run).status()).isEqualTo(Status.RUNNING);
  }

  @Test
  void runIsCancelledAndForked() throws Exception {
    String run = json(start("t1", "c1", START)).path("run").asText();
    expect(202, cancel("t1", run));
    assertThat(office.bus.load("t1", office.runs, run).status()).isEqualTo(Status.CANCELLED);
    problem(cancel("t1", run), 409, "RUN_ENDED");

    HttpResponse<String> forked =
        office.post("t1", "rita", "/v1/runs/" + run + "/fork", "{}", Role.OPERATOR);
    expect(202, forked);
    assertThat(
            office
                .bus
                .load("t1", office.runs, json(forked).path("run").asText())
                .trigger()
                .orElseThrow()
                .forkOf())
        .contains(run);
  }

  @Test
  void replayCountsFirst() throws Exception {
    HttpResponse<String> answer =
        office.post(
            "t1",
            "rita",
            "/v1/dlq/replays",
            "{\"workspace\": \"w1\", \"dryRun\": true}",
            Role.OPERATOR);
    expect(200, answer);
    assertThat(json(answer).path("matched").asInt()).isZero();
    problem(
        office.post("t1", "rita", "/v1/dlq/replays", "{\"dryRun\": true}", Role.OPERATOR),
        422,
        "INVALID");
  }

  @Test
  void gateIsDecidedByWhoMayAndOnlyAboutTheCallShown() throws Exception {
    String run = office.atGate("t1");
    String path = "/v1/runs/" + run + "/gates/ask/decisions";
    String body = "{\"verdict\": \"APPROVE\", \"callDigest\": \"%s\"}";
    String right = body.formatted(Office.DIGEST);

    problem(
        office.post("t1", "rita", path, right, Role.APPROVER), 403, "REQUESTER_MAY_NOT_APPROVE");
    problem(office.post("t1", "dana", path, right, Role.APPROVER), 403, "AUTHOR_MAY_NOT_APPROVE");
    problem(office.post("t1", "olga", path, right, Role.OPERATOR), 403, "NOT_AN_APPROVER");
    problem(office.post("t1", "olga", path, right, Role.AUDITOR), 403, "FORBIDDEN");
    problem(
        office.post("t1", "omar", path, body.formatted("sha256:" + "0".repeat(64)), Role.APPROVER),
        409,
        "DIGEST_DIFFERS");
    problem(office.post("t2", "omar", path, right, Role.APPROVER), 404, "NOT_FOUND");
    expect(200, office.post("t1", "omar", path, right, Role.APPROVER));
    problem(office.post("t1", "omar", path, right, Role.APPROVER), 409, "GATE_NOT_OPEN");
    assertThat(office.events("t1", "HUMAN_GATE_DECISIONED")).isEqualTo(1);
  }

  @Test
  void commentOnAGateMustBeSealed() throws Exception {
    String run = office.atGate("t1");
    String plain =
        Base64.getEncoder()
            .encodeToString(
                "plain text that nobody sealed, but long".getBytes(StandardCharsets.UTF_8));
    String body =
        "{\"verdict\": \"APPROVE\", \"callDigest\": \"%s\", \"comment\": \"%s\"}"
            .formatted(Office.DIGEST, plain);

    problem(
        office.post("t1", "omar", "/v1/runs/" + run + "/gates/ask/decisions", body, Role.APPROVER),
        422,
        "INVALID");
    assertThat(
            office.one(
                "SELECT count(*)::text FROM sealed_content WHERE run = ? AND ref LIKE '%/comment/%'",
                run))
        .isEqualTo("0");
  }

  @Test
  void rolesAreGivenByAnotherAdministrator() throws Exception {
    String path = "/v1/workspaces/w1/roles/";
    expect(200, office.put("t1", "ada", path + "omar", "{\"roles\": [\"approver\"]}", Role.ADMIN));
    problem(
        office.put("t1", "ada", path + "ada", "{\"roles\": [\"approver\"]}", Role.ADMIN),
        403,
        "FORBIDDEN");
    problem(
        office.put(
            "t1", "ada", path + "eve", "{\"roles\": [\"auditor\", \"approver\"]}", Role.ADMIN),
        422,
        "INVALID");
    problem(
        office.put("t1", "ada", "/v1/workspaces/w7/roles/eve", "{\"roles\": [\"x\"]}", Role.ADMIN),
        404,
        "NOT_FOUND");
  }

  @Test
  void budgetCapsTheMonth() throws Exception {
    expect(
        200,
        office.put(
            "t2",
            "ada",
            "/v1/workspaces/w1/budget",
            "{\"currency\": \"USD\", \"monthlyNanos\": 5000000000}",
            Role.ADMIN));
    assertThat(office.events("t2", "BUDGET_LIMIT_SET")).isEqualTo(1);
    assertThat(
            office.store.number(
                "SELECT amount FROM budget_limit WHERE tenant = 't2' AND workspace = 'w1'"))
        .isEqualTo(5_000_000_000L);
  }

  @ParameterizedTest
  @CsvSource({
    "host,10.0.0.1",
    "host,2130706433",
    "host,snow.example.",
    "host,SNOW.example",
    "host,a_b.example"
  })
  void hostIsANameAndNoAddress(String member, String value) throws Exception {
    problem(
        office.post(
            "t1",
            "ada",
            "/v1/workspaces/w1/connector-instances",
            """
            {"instance": "bad", "connector": "servicenow", "connectorDigest": "%s",
             "%s": "%s", "port": 443, "settings": {}}\
            """
                .formatted(TestCompiler.CONNECTOR, member, value),
            Role.ADMIN),
        422,
        "INVALID");
  }

  private static HttpResponse<String> start(String tenant, String key, String body)
      throws Exception {
    return office.post(tenant, "rita", "/v1/runs", body, Role.OPERATOR, "Idempotency-Key", key);
  }

  private static HttpResponse<String> cancel(String tenant, String run) throws Exception {
    return office.post(tenant, "rita", "/v1/runs/" + run + "/cancel", "{}", Role.OPERATOR);
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static void problem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(json(answer).path("code").asText()).isEqualTo(code);
  }
}

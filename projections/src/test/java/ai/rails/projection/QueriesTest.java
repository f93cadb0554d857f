package ai.rails.projection;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceCreated;
import ai.rails.domain.connector.ConnectorInstanceEvent.CredentialStored;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateEscalated;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.RunFailed;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.tenant.TenantEvent.TenantCreated;
import ai.rails.domain.tenant.TenantEvent.TenantProvisioned;
import ai.rails.domain.tenant.TenantEvent.WorkspaceCreated;
import ai.rails.domain.workflow.WorkflowEvent.ArtifactRefused;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseApproved;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseWithdrawn;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowPublished;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.OpenApi;
import ai.rails.platform.http.Route;

import static org.assertj.core.api.Assertions.assertThat;

/// What readers get, over HTTP. Each test has a tenant of its own.
class QueriesTest {
  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new QueryServer(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void completedRunIsShownWithItsStepsAndCost() throws Exception {
    TestLog log = new TestLog("whole", "ws1");
    server.fold(log, log.append(new SampleRun("r1").whole()));

    JsonNode run = server.get("whole", "/v1/runs/r1");

    assertThat(run.path("status").asText()).isEqualTo("COMPLETED");
    assertThat(run.path("externalId").asText()).isEqualTo("INC-r1");
    assertThat(run.path("inputs").path("priority").asText()).isEqualTo("2");
    assertThat(run.path("startedAt").asLong()).isEqualTo(TestLog.at(1));
    assertThat(run.path("endedAt").asLong()).isEqualTo(TestLog.at(24));
    assertThat(run.path("traceId").asText()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(run.path("position").asLong()).isEqualTo(24);
    assertThat(run.path("waiting")).isEmpty();
    assertThat(run.path("cost")).hasToString("[{\"currency\":\"USD\",\"nanos\":700}]");
    assertThat(texts(run.path("steps"), "step"))
        .containsExactly("notify", "classify", "review", "write");
    assertThat(texts(run.path("steps"), "status"))
        .containsExactly("SKIPPED", "COMPLETED", "COMPLETED", "COMPLETED");
    JsonNode classify = run.path("steps").get(1);
    assertThat(classify.path("disclosed")).hasToString("{\"category\":\"network\"}");
    assertThat(classify.path("scheduledAt").asLong()).isEqualTo(TestLog.at(3));
    assertThat(classify.path("endedAt").asLong()).isEqualTo(TestLog.at(10));
    assertThat(run.path("steps").get(0).path("endedAt").asLong()).isEqualTo(TestLog.at(2));
    assertThat(run.path("steps").get(3).has("notBefore")).isFalse();
  }

  @Test
  void waitingRunSaysWhyAndWhoCanMoveIt() throws Exception {
    TestLog log = new TestLog("waiting", "ws1");
    server.fold(log, log.append(new SampleRun("r1").before(HumanGateDecisioned.class)));

    JsonNode waiting = server.get("waiting", "/v1/runs/r1").path("waiting");

    assertThat(waiting).hasSize(1);
    assertThat(waiting.get(0).path("step").asText()).isEqualTo("review");
    assertThat(waiting.get(0).path("reason").asText()).isEqualTo("GATE");
    assertThat(waiting.get(0).path("mover").asText()).isEqualTo("role approver");
    assertThat(waiting.get(0).path("until").asLong()).isEqualTo(SampleRun.DEADLINE.toEpochMilli());
  }

  @Test
  void listSaysWhereRunsStandStill() throws Exception {
    TestLog log = new TestLog("stops", "ws1");
    server.fold(log, log.append(new SampleRun("r1").before(HumanGateDecisioned.class)));
    SampleRun again = new SampleRun("r2");
    server.fold(
        log,
        log.append(
            List.of(
                again.triggered(),
                again.scheduled("write", 1, Purpose.PERFORM, Optional.of(SampleRun.DEADLINE)))));
    SampleRun going = new SampleRun("r3");
    server.fold(
        log,
        log.append(
            List.of(
                going.triggered(),
                going.scheduled("write", 1, Purpose.PERFORM, Optional.empty()))));
    server.fold(log, log.append(new SampleRun("r4").whole()));

    JsonNode runs = server.get("stops", "/v1/runs").path("items");

    assertThat(texts(runs, "run")).containsExactly("r4", "r3", "r2", "r1");
    assertThat(runs.get(0).has("waiting")).isFalse();
    assertThat(runs.get(1).path("waiting")).isEmpty();
    assertThat(runs.get(2).path("waiting"))
        .hasToString("[{\"code\":\"NEEDS_MET\",\"reason\":\"RETRY\",\"step\":\"write\"}]");
    assertThat(runs.get(3).path("waiting"))
        .hasToString("[{\"code\":\"GATE_REQUESTED\",\"reason\":\"GATE\",\"step\":\"review\"}]");
  }

  @Test
  void tenantIsShownWithItsWorkspacesToItsOwnPeopleOnly() throws Exception {
    TestLog log = new TestLog("acme", "_tenant");
    server.fold(log, log.append(List.of(new TenantCreated("acme", "eu", "c1"))));
    JsonNode before = server.get("acme", "/v1/tenants/acme");
    server.fold(
        log,
        log.append(List.of(new TenantProvisioned("acme"), new WorkspaceCreated("acme", "main"))));

    JsonNode tenant = server.get("acme", "/v1/tenants/acme");

    assertThat(before.path("status").asText()).isEqualTo("PROVISIONING");
    assertThat(tenant.path("status").asText()).isEqualTo("ACTIVE");
    assertThat(tenant.path("region").asText()).isEqualTo("eu");
    assertThat(tenant.path("position").asLong()).isEqualTo(3);
    assertThat(texts(tenant.path("workspaces"), "workspace")).containsExactly("main");
    assertThat(server.get("acme", "/v1/workspaces/main").path("createdAt").asLong())
        .isEqualTo(TestLog.at(3));
    assertThat(server.send("acme", "/v1/workspaces/other").statusCode()).isEqualTo(404);
    assertThat(server.send("rival", "/v1/tenants/acme").statusCode()).isEqualTo(404);
    assertThat(server.send("rival", "/v1/workspaces/main").statusCode()).isEqualTo(404);
  }

  @Test
  void stepThatIsTriedAgainIsOpenAgain() throws Exception {
    TestLog log = new TestLog("again", "ws1");
    SampleRun run = new SampleRun("r1");
    server.fold(
        log,
        log.append(
            List.of(
                run.triggered(),
                run.scheduled("write", 1, Purpose.PERFORM, Optional.empty()),
                run.failed("write", false),
                run.scheduled("write", 2, Purpose.PERFORM, Optional.of(SampleRun.DEADLINE)))));

    JsonNode step = server.get("again", "/v1/runs/r1").path("steps").get(0);

    assertThat(step.path("status").asText()).isEqualTo("SCHEDULED");
    assertThat(step.path("attempt").asInt()).isEqualTo(2);
    assertThat(step.has("endedAt")).isFalse();
    assertThat(step.path("notBefore").asLong()).isEqualTo(SampleRun.DEADLINE.toEpochMilli());
  }

  @Test
  void openGateIsInTheInboxUntilItIsDecided() throws Exception {
    TestLog log = new TestLog("inbox", "ws1");
    SampleRun run = new SampleRun("r1");
    server.fold(log, log.append(run.before(HumanGateDecisioned.class)));
    JsonNode open = server.get("inbox", "/v1/gates").path("items");
    server.fold(log, log.append(List.of(run.voted("review", Verdict.ASK_INFO, "bob", false))));
    server.fold(log, log.append(List.of(run.voted("review", Verdict.APPROVE, "bob", true))));

    JsonNode gate = server.get("inbox", "/v1/runs/r1/gates/review");

    assertThat(open).hasSize(1);
    assertThat(open.get(0).path("display")).hasToString("{\"Urgency\":\"2\"}");
    assertThat(open.get(0).path("reasons")).hasToString("[\"risk.high\"]");
    assertThat(open.get(0).path("externalId").asText()).isEqualTo("INC-r1");
    assertThat(server.get("inbox", "/v1/gates").path("items")).isEmpty();
    assertThat(server.get("inbox", "/v1/gates?state=APPROVED").path("items")).hasSize(1);
    assertThat(gate.path("state").asText()).isEqualTo("APPROVED");
    assertThat(texts(gate.path("decisions"), "verdict")).containsExactly("ASK_INFO", "APPROVE");
    assertThat(texts(gate.path("decisions"), "callDigest")).containsOnly(SampleRun.DIGEST);
  }

  @Test
  void approvalsCountUntilTheyAreTakenBackOrOthersAreAsked() throws Exception {
    TestLog log = new TestLog("standing", "ws1");
    SampleRun run = new SampleRun("r1");
    server.fold(log, log.append(run.before(HumanGateDecisioned.class)));
    List<String> told = new ArrayList<>();
    for (RunEvent next :
        List.of(
            run.voted("review", Verdict.APPROVE, "bob", false),
            escalated(1, "manager", 2),
            run.voted("review", Verdict.APPROVE, "bob", false),
            run.voted("review", Verdict.WITHDRAW, "bob", false),
            run.voted("review", Verdict.APPROVE, "carol", false),
            escalated(2, "director", 3),
            run.voted("review", Verdict.APPROVE, "carol", false),
            run.voted("review", Verdict.DENY, "dave", true))) {
      server.fold(log, log.append(List.of(next)));
      JsonNode gate = server.get("standing", "/v1/runs/r1/gates/review");
      told.add(
          "%d of %d %s"
              .formatted(
                  gate.path("approvals").asInt(),
                  gate.path("quorum").asInt(),
                  gate.path("role").asText()));
    }

    JsonNode gate = server.get("standing", "/v1/runs/r1/gates/review");

    assertThat(told)
        .containsExactly(
            "1 of 1 approver",
            "0 of 2 manager",
            "1 of 2 manager",
            "0 of 2 manager",
            "1 of 2 manager",
            "0 of 3 director",
            "1 of 3 director",
            "0 of 3 director");
    assertThat(texts(gate.path("decisions"), "stands")).containsOnly("false").hasSize(6);
    assertThat(
            server
                .get("standing", "/v1/gates?state=DENIED")
                .path("items")
                .get(0)
                .path("approvals")
                .asInt(-1))
        .isZero();
  }

  private static HumanGateEscalated escalated(int level, String role, int quorum) {
    return new HumanGateEscalated(
        "r1", "review", SampleRun.DIGEST, level, role, quorum, "NOT_DECIDED");
  }

  @Test
  void gateOfAnEndedRunLeavesTheInbox() throws Exception {
    TestLog log = new TestLog("cancelled", "ws1");
    server.fold(log, log.append(new SampleRun("r1").before(HumanGateDecisioned.class)));
    server.fold(log, log.append(List.of(new RunCancelled("r1", "carol", "DUPLICATE"))));

    assertThat(server.get("cancelled", "/v1/gates").path("items")).isEmpty();
    assertThat(
            server
                .get("cancelled", "/v1/runs?status=CANCELLED")
                .path("items")
                .get(0)
                .path("failureCode")
                .asText())
        .isEqualTo("DUPLICATE");
  }

  @Test
  void decisionsCallsAndUsageOfARun() throws Exception {
    TestLog log = new TestLog("calls", "ws1");
    server.fold(log, log.append(new SampleRun("r1").whole()));

    JsonNode decisions = server.get("calls", "/v1/decisions?run=r1").path("items");
    JsonNode calls = server.get("calls", "/v1/calls?run=r1").path("items");
    JsonNode usage = server.get("calls", "/v1/costs/runs/r1/usage").path("items");

    assertThat(texts(decisions, "step")).containsExactly("write", "review", "classify");
    assertThat(decisions.get(1).path("effect").asText()).isEqualTo("REQUIRE_HITL");
    assertThat(decisions.get(1).path("externalId").asText()).isEqualTo("INC-r1");
    assertThat(decisions.get(1).path("input").asText()).isEqualTo("{\"amount\":2}");
    assertThat(decisions.get(1).path("revisions")).hasToString("{\"platform\":\"r1\"}");
    assertThat(texts(calls, "outcome")).containsExactly("SUCCESS", "RECONCILED_DONE");
    assertThat(calls.get(0).path("class").asText()).isEqualTo("M");
    assertThat(calls.get(0).path("httpStatus").asInt()).isEqualTo(200);
    assertThat(usage.get(0).path("inputTokens").asInt()).isEqualTo(10);
    assertThat(server.get("calls", "/v1/costs"))
        .hasToString("{\"gpuMillis\":1500,\"total\":[{\"currency\":\"USD\",\"nanos\":700}]}");
    assertThat(server.get("calls", "/v1/costs?since=" + TestLog.at(10_000)).path("total"))
        .isEmpty();
    JsonNode models = server.get("calls", "/v1/costs/models?workspace=ws1").path("items");
    assertThat(models).hasSize(1);
    assertThat(models.get(0).path("step").asText()).isEqualTo(usage.get(0).path("step").asText());
    assertThat(models.get(0).path("inputTokens").asInt()).isEqualTo(10);
    assertThat(models.get(0).path("calls").asInt()).isEqualTo(1);
    assertThat(server.get("calls", "/v1/costs/models?since=99999999999999").path("items"))
        .isEmpty();
    assertThat(server.get("calls", "/v1/me").path("tenant").asText()).isEqualTo("calls");
  }

  @Test
  void deadAndAmbiguousStepsAreInTheQueueUntilTheirRunEnds() throws Exception {
    TestLog log = new TestLog("dlq", "ws1");
    SampleRun dead = new SampleRun("r1");
    SampleRun unknown = new SampleRun("r2");
    server.fold(log, log.append(List.of(dead.triggered(), unknown.triggered())));
    server.fold(
        log, log.append(List.of(dead.scheduled("write", 1, Purpose.PERFORM, Optional.empty()))));
    server.fold(
        log, log.append(List.of(unknown.scheduled("write", 1, Purpose.PERFORM, Optional.empty()))));
    server.fold(log, log.append(List.of(unknown.executed("write", Outcome.AMBIGUOUS))));
    server.fold(log, log.append(List.of(dead.failed("write", true))));

    JsonNode both = server.get("dlq", "/v1/dlq").path("items");
    server.fold(
        log, log.append(List.of(new RunFailed("r1", "write", "X", false, new Money("USD", 0)))));

    assertThat(texts(both, "run")).containsExactly("r2", "r1");
    assertThat(texts(both, "code")).containsExactly("CODE", "HTTP_503");
    assertThat(texts(server.get("dlq", "/v1/dlq").path("items"), "run")).containsExactly("r2");
  }

  @Test
  void workflowsAndConnectorInstancesAreListed() throws Exception {
    TestLog log = new TestLog("catalogue", "ws1");
    String artifact = "sha256:" + "a".repeat(64);
    server.fold(
        log,
        log.append(
            List.of(
                new WorkflowPublished("triage", "1.0.0", artifact, artifact, "key-1", "author"),
                new WorkflowPublished(
                    "triage", "1.1.0", "sha256:" + "b".repeat(64), artifact, "key-1", "author"),
                new ArtifactRefused("triage", artifact, "SIGNATURE"),
                new ConnectorInstanceCreated(
                    "snow",
                    "servicenow",
                    "sha256:" + "c".repeat(64),
                    "snow.test",
                    443,
                    Optional.empty()),
                new CredentialStored("snow", new SealedRef("cred/1", "e".repeat(64), 10)))));

    JsonNode versions = server.get("catalogue", "/v1/workflows?workflow=triage").path("items");
    JsonNode instances = server.get("catalogue", "/v1/connector-instances").path("items");

    assertThat(texts(versions, "version")).containsExactly("1.0.0", "1.1.0");
    assertThat(versions.get(0).path("refusedReason").asText()).isEqualTo("SIGNATURE");
    assertThat(versions.get(1).has("refusedReason")).isFalse();
    assertThat(server.get("catalogue", "/v1/workspaces/ws1/workflows/triage").path("items"))
        .isEqualTo(versions);
    assertThat(server.get("catalogue", "/v1/workspaces/ws1/connector-instances/snow"))
        .isEqualTo(instances.get(0));
    assertThat(server.send("catalogue", "/v1/workspaces/ws2/workflows/triage").statusCode())
        .isEqualTo(404);
    assertThat(server.send("thief", "/v1/workspaces/ws1/connector-instances/snow").statusCode())
        .isEqualTo(404);
    assertThat(instances.get(0).path("host").asText()).isEqualTo("snow.test");
    assertThat(instances.get(0).path("credentialAt").asLong()).isEqualTo(TestLog.at(5));
  }

  @Test
  void releaseThatWasTakenBackIsShownNoMore() throws Exception {
    TestLog log = new TestLog("released", "ws1");
    String artifact = "sha256:" + "a".repeat(64);
    server.fold(
        log,
        log.append(
            List.of(
                new WorkflowPublished("triage", "1.0.0", artifact, artifact, "key-1", "author"),
                new ReleaseApproved("triage", "prod", "1.0.0", artifact, "author", "omar"),
                new ReleaseApproved("triage", "live", "1.0.0", artifact, "author", "omar"))));

    JsonNode both = releases();
    server.fold(
        log,
        log.append(
            List.of(new ReleaseWithdrawn("triage", "prod", "1.0.0", artifact, "rita", "RECALL"))));
    JsonNode one = releases();
    server.fold(
        log,
        log.append(
            List.of(
                new ReleaseApproved("triage", "prod", "1.0.0", artifact, "author", "rita"),
                new ReleaseWithdrawn("triage", "live", "1.0.0", artifact, "rita", "RECALL"))));

    assertThat(texts(both, "environment")).containsExactly("live", "prod");
    assertThat(texts(one, "environment")).containsExactly("live");
    assertThat(texts(releases(), "approver")).containsExactly("rita");
  }

  private static JsonNode releases() throws Exception {
    return server.get("released", "/v1/workflows").path("items").path(0).path("releases");
  }

  @Test
  void ledgerEntriesHoldLeafAndEvent() throws Exception {
    TestLog log = new TestLog("ledger", "ws1");
    server.fold(log, log.append(new SampleRun("r1").whole()));

    JsonNode head = server.get("ledger", "/v1/ledgers/ws1/head");
    JsonNode last = server.get("ledger", "/v1/ledgers/ws1/entries/24");

    assertThat(head.path("entries").asLong()).isEqualTo(24);
    assertThat(last.path("leafHash")).isEqualTo(head.path("leafHash"));
    assertThat(last.path("entryType").asText()).isEqualTo("WORKFLOW_COMPLETED");
    assertThat(last.path("header").path("occurredAt").asLong()).isEqualTo(TestLog.at(24));
    assertThat(last.path("event").path("cost").path("nanos").asLong()).isEqualTo(700);
    assertThat(last.path("leaf").asText()).contains("\"run_count\":24");
    assertThat(server.send("ledger", "/v1/ledgers/ws1/entries/25").statusCode()).isEqualTo(404);
  }

  @Test
  void projectionsSayHowFarTheyAre() throws Exception {
    TestLog log = new TestLog("lag", "ws1");
    server.fold(log, log.append(new SampleRun("r1").whole()));

    JsonNode answer = server.get("lag", "/v1/projections");

    assertThat(answer.path("feed").path("state").asText()).isEqualTo("FOLLOWING");
    assertThat(answer.path("items").get(0).path("position").asLong()).isEqualTo(24);
    assertThat(answer.path("items").get(0).path("recordedAt").asLong()).isEqualTo(TestLog.at(24));
    assertThat(answer.path("items")).hasSize(1);
  }

  @Test
  void answerSaysHowFarItsLogIsFolded() throws Exception {
    TestLog log = new TestLog("position", "ws1");
    server.fold(log, log.append(new SampleRun("r1").whole()));

    HttpResponse<byte[]> answer = server.send("position", "/v1/runs?workspace=ws1&atLeast=24");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("X-AIRails-Position")).contains("24");
  }

  @Test
  void whatAnotherProcessFoldedIsWaitedForToo() throws Exception {
    TestLog log = new TestLog("elsewhere", "ws1");
    Map<String, Long> _ = server.foldElsewhere(log, log.append(new SampleRun("r1").whole()));

    assertThat(server.send("elsewhere", "/v1/runs/r1?workspace=ws1&atLeast=24").statusCode())
        .isEqualTo(200);
  }

  @Test
  void positionThatDoesNotComeIs503() throws Exception {
    TestLog log = new TestLog("late", "ws1");
    server.fold(log, log.append(List.of(new SampleRun("r1").triggered())));

    HttpResponse<byte[]> answer = server.send("late", "/v1/runs?workspace=ws1&atLeast=2");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(Json.tree(answer.body()).path("code").asText()).isEqualTo("NOT_YET_PROJECTED");
  }

  @Test
  void everyRouteIsDescribedAndNothingElseIs() {
    assertThat(OpenApi.operations(ReadSide.description()))
        .containsExactlyInAnyOrderElementsOf(server.routes().stream().map(Route::name).toList());
  }

  private static List<String> texts(JsonNode items, String member) {
    List<String> texts = new ArrayList<>();
    items.forEach(item -> texts.add(item.path(member).asText()));
    return texts;
  }
}

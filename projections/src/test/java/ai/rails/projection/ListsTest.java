package ai.rails.projection;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.budget.Money;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceCreated;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunFailed;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.runner.RunnerEvent.RunnerRegistered;
import ai.rails.domain.runner.RunnerEvent.RunnerRevoked;
import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowPublished;
import ai.rails.platform.http.Json;

import static org.assertj.core.api.Assertions.assertThat;

/// Pages, their limits, and what is not shown to another tenant. Each test has a tenant of its own.
class ListsTest {
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/runs",
        "/v1/gates",
        "/v1/decisions",
        "/v1/calls",
        "/v1/costs/runs",
        "/v1/dlq",
        "/v1/workflows",
        "/v1/connector-instances",
        "/v1/ledgers/ws1/entries",
        "/v1/runs/r0/events",
        "/v1/projections"
      })
  void pagesGiveEveryItemOnceAndInOrder(String path) throws Exception {
    String tenant = "pages" + path.replace('/', '-');
    TestLog log = new TestLog(tenant, "ws1");
    IntStream.range(0, 5).forEach(i -> server.fold(log, many(log, i)));
    server.fold(new TestLog(tenant, "ws2"), many(new TestLog(tenant, "ws2"), 5));

    List<String> whole = items(server.get(tenant, path + "?limit=200"));
    List<String> paged = new ArrayList<>();
    JsonNode page = server.get(tenant, path + "?limit=2");
    paged.addAll(items(page));
    while (page.has("next")) {
      assertThat(page.path("items")).hasSize(2);
      page = server.get(tenant, path + "?limit=2&cursor=" + page.path("next").asText());
      paged.addAll(items(page));
    }

    assertThat(whole).hasSizeGreaterThanOrEqualTo(2);
    assertThat(paged).isEqualTo(whole);
  }

  /// Events of which every list shows something.
  private static List<byte[]> many(TestLog log, int i) {
    SampleRun run = new SampleRun("r" + i);
    List<byte[]> records = new ArrayList<>(log.append(run.before(HumanGateDecisioned.class)));
    records.addAll(
        log.append(
            List.of(
                run.scheduled("write", 1, Purpose.PERFORM, Optional.empty()),
                run.failed("write", true),
                new WorkflowPublished("wf" + i, "1", "sha256:a", "sha256:b", "key-1", "author"),
                new ConnectorInstanceCreated(
                    "snow" + i, "servicenow", "sha256:c", "h", 443, Optional.empty()))));
    return records;
  }

  @Test
  void workersAreListedByWorkspace() throws Exception {
    for (String workspace : List.of("ws1", "ws2")) {
      TestLog log = new TestLog("working", workspace);
      var admitted = new WorkerRegistered("worker-" + workspace, "triage", "1.0.0", "dev");
      server.fold(log, List.of(log.append(admitted)));
    }

    JsonNode all = server.get("working", "/v1/workers");
    JsonNode one = server.get("working", "/v1/workers?workspace=ws2");

    assertThat(all.path("items").findValuesAsText("worker"))
        .containsExactly("worker-ws1", "worker-ws2");
    assertThat(one.path("items").findValuesAsText("worker")).containsExactly("worker-ws2");
    assertThat(server.get("thief", "/v1/workers").path("items")).isEmpty();
  }

  @Test
  void runnersAreListedByEnvironmentWithWhatBecameOfThem() throws Exception {
    String key = "a".repeat(64);
    TestLog plant = new TestLog("running", "ws1");
    server.fold(
        plant,
        plant.append(
            List.of(
                new RunnerRegistered("plant-1", "prod", key, key),
                new RunnerRegistered("plant-2", "dev", key, key),
                new RunnerRevoked("plant-1"),
                new RunnerRevoked("plant-2"),
                new RunnerRegistered("plant-2", "dev", "b".repeat(64), key))));
    TestLog office = new TestLog("running", "ws2");
    server.fold(office, office.append(List.of(new RunnerRegistered("desk-1", "dev", key, key))));

    JsonNode all = server.get("running", "/v1/runners").path("items");
    JsonNode one = server.get("running", "/v1/runners?workspace=ws2").path("items");

    assertThat(all.findValuesAsText("runner")).containsExactly("desk-1", "plant-2", "plant-1");
    assertThat(all.findValuesAsText("state"))
        .containsExactly("REGISTERED", "REGISTERED", "REVOKED");
    assertThat(all.get(1).path("tlsKeySha256").asText()).isEqualTo("b".repeat(64));
    assertThat(all.get(1).has("revokedAt")).as("it came back").isFalse();
    assertThat(all.get(2).path("revokedAt").asLong()).isEqualTo(TestLog.at(3));
    assertThat(one.findValuesAsText("runner")).containsExactly("desk-1");
    assertThat(server.get("thief", "/v1/runners").path("items")).isEmpty();
  }

  @Test
  void runsAreFoundByWhatPeopleKnowOfThem() throws Exception {
    TestLog log = new TestLog("search", "ws1");
    server.fold(log, log.append(new SampleRun("r1").whole()));
    SampleRun other = new SampleRun("r2");
    server.fold(
        log,
        log.append(
            List.of(
                other.triggered(),
                other.scheduled("review", 1, Purpose.PROPOSE, Optional.empty()),
                other.requested("review"),
                other.voted("review", Verdict.DENY, "zoe", true))));
    String leaf = HexFormat.of().formatHex(log.leafHash(26));
    long began = TestLog.at(25);

    assertThat(found("externalId=INC-r2")).containsExactly("r2");
    assertThat(found("externalId=INC-*")).containsExactly("r2", "r1");
    assertThat(found("externalId=INC_*")).isEmpty();
    assertThat(found("reference=req-1")).containsExactly("r1");
    assertThat(found("actor=alice")).containsExactly("r2", "r1");
    assertThat(found("actor=nobody")).isEmpty();
    assertThat(found("approver=zoe")).containsExactly("r2");
    assertThat(found("approver=bob&environment=dev")).containsExactly("r1");
    assertThat(found("hash=" + leaf)).containsExactly("r2");
    assertThat(found("hash=" + leaf.substring(0, 10))).containsExactly("r2");
    assertThat(found("hash=sha256:dddddddddd")).containsExactly("r2", "r1");
    assertThat(found("from=" + began)).containsExactly("r2");
    assertThat(found("to=" + began)).containsExactly("r1");
    JsonNode entries = server.get("search", "/v1/ledgers/ws1/entries?hash=" + leaf.substring(0, 8));
    assertThat(entries.path("items").findValuesAsText("position")).containsExactly("26");
    assertThat(server.get("thief", "/v1/runs?hash=" + leaf).path("items")).isEmpty();
  }

  private static List<String> found(String query) throws Exception {
    List<String> runs = new ArrayList<>();
    server
        .get("search", "/v1/runs?" + query)
        .path("items")
        .forEach(run -> runs.add(run.path("run").asText()));
    return runs;
  }

  @Test
  void activityCountsWhatRunsFailsAndWaits() throws Exception {
    TestLog log = new TestLog("busy", "ws1");
    server.fold(log, log.append(new SampleRun("r1").whole()));
    server.fold(log, log.append(new SampleRun("r2").before(HumanGateDecisioned.class)));
    for (String run : List.of("r3", "r4", "r5", "r6", "r7")) {
      SampleRun going = new SampleRun(run);
      Optional<Instant> time =
          run.equals("r5") ? Optional.of(SampleRun.DEADLINE) : Optional.empty();
      List<RunEvent> events = new ArrayList<>(List.of(going.triggered()));
      events.add(going.scheduled("write", 1, Purpose.PERFORM, time));
      switch (run) {
        case "r4" -> events.add(going.evaluated("write", Effect.ALLOW));
        case "r6" -> events.add(going.failed("write", true));
        case "r7" ->
            events.add(new RunFailed(run, "write", "HTTP_503", false, new Money("USD", 0)));
        default -> {}
      }
      server.fold(log, log.append(events));
    }

    JsonNode activity = server.get("busy", "/v1/activity?workspace=ws1&minutes=5");

    assertThat(activity.path("started").asInt()).isEqualTo(7);
    assertThat(activity.path("ended").asInt()).isEqualTo(2);
    assertThat(activity.path("failed").asInt()).isEqualTo(1);
    assertThat(activity.path("open").asInt()).isEqualTo(5);
    assertThat(activity.path("took").path("p95").asLong()).isEqualTo(23_000);
    assertThat(activity.path("perMinute").path(0).path("at").asLong()).isEqualTo(TestLog.at(0));
    JsonNode queue = activity.path("queue");
    assertThat(queue.path("readySince").isNumber()).isTrue();
    for (String place : List.of("ready", "begun", "later", "gates", "stopped")) {
      assertThat(queue.path(place).asInt()).as(place).isEqualTo(1);
    }
    assertThat(server.get("busy", "/v1/activity?workspace=ws2").path("started").asInt()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/runs/%s",
        "/v1/runs/%s/events",
        "/v1/runs/%s/events/stream",
        "/v1/runs/%s/gates/review",
        "/v1/ledgers/%s/head",
        "/v1/ledgers/%s/entries/1"
      })
  void anotherTenantsThingsAreLikeThoseThatDoNotExist(String path) throws Exception {
    String owner = "own" + path.replaceAll("[^a-z0-9]", "");
    TestLog log = new TestLog(owner, "secret");
    server.fold(log, log.append(new SampleRun("secret").whole()));

    HttpResponse<byte[]> foreign = server.send("thief", path.formatted("secret"));
    HttpResponse<byte[]> unknown = server.send("thief", path.formatted("nobody"));

    assertThat(server.send(owner, path.formatted("secret")).statusCode()).isEqualTo(200);
    assertThat(foreign.statusCode()).isEqualTo(404);
    assertThat(problem(foreign).replace("secret", "nobody")).isEqualTo(problem(unknown));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/runs",
        "/v1/gates?state=APPROVED",
        "/v1/decisions",
        "/v1/calls",
        "/v1/costs/runs",
        "/v1/costs/runs/r1/usage",
        "/v1/ledgers/ws1/entries",
        "/v1/projections",
        "/v1/runs?workspace=ws1"
      })
  void listsShowNothingOfAnotherTenant(String path) throws Exception {
    String owner = "list" + path.replaceAll("[^a-z0-9]", "");
    TestLog log = new TestLog(owner, "ws1");
    server.fold(log, log.append(new SampleRun("r1").whole()));

    assertThat(server.get(owner, path).path("items")).isNotEmpty();
    assertThat(server.get("thief", path).path("items")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/runs?cursor=%21",
        "/v1/runs?cursor=AAAA",
        "/v1/runs?cursor=YQpi",
        "/v1/runs?limit=0",
        "/v1/runs?limit=201",
        "/v1/runs?status=%00",
        "/v1/runs?hash=abc",
        "/v1/runs?hash=%25%25%25%25%25%25%25%25",
        "/v1/runs?from=yesterday",
        "/v1/activity?minutes=0",
        "/v1/runs?workspace=ws1&atLeast=-1",
        "/v1/runs?atLeast=1",
        "/v1/ledgers/ws1/entries/x"
      })
  void whatIsNotAcceptableIsRefused(String path) throws Exception {
    assertThat(server.send("t1", path).statusCode()).isEqualTo(422);
  }

  @Test
  void pathWithAControlCharacterIsRefused() throws Exception {
    assertThat(server.send("t1", "/v1/runs/a%00b").statusCode()).isBetween(400, 499);
  }

  private static String problem(HttpResponse<byte[]> response) {
    JsonNode problem = Json.tree(response.body());
    return problem.path("code") + " " + problem.path("title") + " " + problem.path("detail");
  }

  private static List<String> items(JsonNode page) {
    List<String> items = new ArrayList<>();
    page.path("items").forEach(item -> items.add(item.toString()));
    return items;
  }
}

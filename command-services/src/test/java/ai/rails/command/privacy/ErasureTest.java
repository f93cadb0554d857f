package ai.rails.command.privacy;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.command.privacy.Recomputed.Line;
import ai.rails.command.worker.PersonRuns;
import ai.rails.domain.Refused;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.RunCheck;
import ai.rails.domain.privacy.ErasureEvent.Cause;
import ai.rails.domain.privacy.ErasureEvent.RunErased;
import ai.rails.platform.http.Role;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.Recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What is erased is nowhere any more, and the ledger does not change by it.
@Tag("slow")
class ErasureTest {
  private static final String REASON = "{\"reason\": \"GDPR_ART_17\"}";

  @TempDir private static Path data;
  private static PersonRuns people;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    people = new PersonRuns(data);
    office = people.office;
  }

  @AfterAll
  static void close() {
    people.close();
  }

  @Test
  void erasedRunIsNowhereAnyMore() throws Exception {
    String run = people.ended("p-nowhere");
    List<byte[]> secrets = secrets(run);
    var everywhere = new Everywhere(office.store);
    assertThat(secrets).hasSize(5);
    assertThat(secrets).allSatisfy(secret -> assertThat(everywhere.with(secret)).isNotEmpty());

    HttpResponse<String> erased = erase("t1", run);

    Office.expect(200, erased);
    assertThat(Office.json(erased).path("keys").asInt()).isEqualTo(1);
    assertThat(Office.json(erased).path("ciphertexts").asInt()).isEqualTo(4);
    assertThat(secrets).allSatisfy(secret -> assertThat(everywhere.with(secret)).isEmpty());
  }

  @Test
  void ledgerBeforeAnErasureIsTheBeginningOfTheLedgerAfterIt() throws Exception {
    String run = people.ended("p-ledger");
    List<Line> before = Recomputed.of(office.store);

    Office.expect(200, erase("t1", run));

    List<Line> after = Recomputed.of(office.store);
    assertThat(after).hasSize(before.size() + 1).startsWith(before.toArray(Line[]::new));
    Leaf last = Leaf.parse(java.util.HexFormat.of().parseHex(after.getLast().leaf()));
    assertThat(last.eventType()).isEqualTo("RUN_ERASED");
    assertThat(last.run().orElseThrow().run()).isEqualTo(run);
    assertThat(last.run().orElseThrow().place().orElseThrow().seq()).isEqualTo(8);
    RunCheck whole = Recomputed.checked(after, run);
    assertThat(whole.count()).as("its history is as complete as it was").contains(8L);
    assertThat(whole.late()).as("after the run's end").isEqualTo(1);
  }

  @Test
  void secondErasureChangesNothing() throws Exception {
    String run = people.ended("p-twice");
    Office.expect(200, erase("t1", run));
    long entries = office.events("t1", "RUN_ERASED");

    HttpResponse<String> again = erase("t1", run);

    Office.expect(200, again);
    assertThat(Office.json(again).path("ciphertexts").asInt()).isZero();
    assertThat(office.events("t1", "RUN_ERASED")).isEqualTo(entries);
  }

  @Test
  void runThatIsNotOverIsNotErased() throws Exception {
    String run = people.started("p-running");

    problem(erase("t1", run), 409, "RUN_NOT_OVER");
    assertThat(secrets(run)).isNotEmpty();

    Office.expect(
        202, office.post("t1", "rita", "/v1/runs/" + run + "/cancel", "{}", Role.OPERATOR));
    Office.expect(200, erase("t1", run));
    assertThat(secrets(run)).isEmpty();
  }

  @Test
  void erasedRunIsNeitherForkedNorRetriedNorReplayed() throws Exception {
    String run = people.ended("p-again");
    Office.expect(200, erase("t1", run));
    String path = "/v1/runs/" + run;

    HttpResponse<String> fork = office.post("t1", "rita", path + "/fork", "{}", Role.OPERATOR);
    problem(fork, 409, "RUN_ERASED");
    assertThat(fork.body()).contains("the content of run " + run + " was erased");
    problem(office.post("t1", "rita", path + "/retry", "{}", Role.OPERATOR), 409, "RUN_ERASED");
    problem(
        office.post(
            "t1",
            "rita",
            "/v1/dlq/replays",
            "{\"run\": \"%s\", \"dryRun\": false}".formatted(run),
            Role.OPERATOR),
        409,
        "RUN_ERASED");
    assertThatThrownBy(() -> people.claim(run, "gather")).isInstanceOf(Refused.class);
  }

  @Test
  void erasureTakesWhatForksCopiedAndInherited() throws Exception {
    String run = people.ended("p-forked");
    List<byte[]> secrets = secrets(run);
    String fork = people.fork(run, "judge");
    String second = people.fork(fork, "judge");

    HttpResponse<String> erased = erase("t1", run);

    Office.expect(200, erased);
    assertThat(Office.json(erased).path("ciphertexts").asInt())
        .as("four and two copies")
        .isEqualTo(6);
    var everywhere = new Everywhere(office.store);
    assertThat(secrets).allSatisfy(secret -> assertThat(everywhere.with(secret)).isEmpty());
    var claimed = people.claim(second, "judge");
    assertThat(claimed.inherited()).isEmpty();
    assertThat(claimed.contents()).isEmpty();
  }

  /// Either the fork was first and its copies go, or the erasure was and there is no fork.
  @Test
  void forkAndErasureAtOnceLeaveNothing() throws Exception {
    var everywhere = new Everywhere(office.store);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 12; round++) {
        String run = people.ended("p-fork-race-" + round);
        List<byte[]> secrets = secrets(run);
        String path = "/v1/runs/" + run + "/fork";
        Future<HttpResponse<String>> forked =
            threads.submit(() -> office.post("t1", "rita", path, "{}", Role.OPERATOR));
        Future<HttpResponse<String>> erased = threads.submit(() -> erase("t1", run));

        assertThat(forked.get().statusCode()).as("round %d", round).isIn(202, 409);
        assertThat(erased.get().statusCode()).as("round %d", round).isEqualTo(200);
        assertThat(secrets).allSatisfy(secret -> assertThat(everywhere.with(secret)).isEmpty());
      }
    }
  }

  @Test
  void twoErasuresAtOnceAreOneEntry() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 12; round++) {
        String run = people.ended("p-two-" + round);
        long before = office.events("t1", "RUN_ERASED");
        Future<HttpResponse<String>> one = threads.submit(() -> erase("t1", run));
        Future<HttpResponse<String>> other = threads.submit(() -> erase("t1", run));

        assertThat(one.get().statusCode()).isEqualTo(200);
        assertThat(other.get().statusCode()).isEqualTo(200);
        assertThat(office.events("t1", "RUN_ERASED")).as("round %d", round).isEqualTo(before + 1);
        assertThat(secrets(run)).isEmpty();
      }
    }
  }

  @Test
  void entryNamesWhatWasDestroyedAndNothingElse() throws Exception {
    String run = people.ended("p-entry");
    Office.expect(200, erase("t1", run));

    var entry =
        office.bus.history("t1", "Erasure", "run/" + run).stream().map(Recorded::event).toList();

    assertThat(entry).containsExactly(new RunErased(run, Cause.REQUEST, "GDPR_ART_17", 1, 4));
  }

  @Test
  void erasedPersonsRunsAreAllErased() throws Exception {
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      runs.add(people.ended("p-all"));
    }
    String other = people.ended("p-other");
    Office.expect(
        200,
        office.put(
            "t1",
            "ada",
            "/v1/identity-links/slack/T1AB.U1AB",
            "{\"subject\": \"p-all\"}",
            Role.ADMIN));

    HttpResponse<String> erased = eraseSubject("t1", "p-all");

    Office.expect(200, erased);
    assertThat(Office.json(erased).path("erased").asInt()).isEqualTo(3);
    assertThat(Office.json(erased).path("remaining").asInt()).isZero();
    assertThat(Office.json(erased).path("links").asInt()).isEqualTo(1);
    assertThat(runs).allSatisfy(run -> assertThat(secrets(run)).isEmpty());
    assertThat(secrets(other)).hasSize(5);
    assertThat(office.events("t1", "SUBJECT_ERASED")).isEqualTo(1);
    assertThat(office.store.number("SELECT count(*) FROM identity_link WHERE subject = 'p-all'"))
        .isZero();

    Office.expect(200, eraseSubject("t1", "p-all"));
    assertThat(office.events("t1", "SUBJECT_ERASED")).isEqualTo(1);

    people.ended("p-all");
    Office.expect(200, eraseSubject("t1", "p-all"));
    assertThat(office.events("t1", "SUBJECT_ERASED")).isEqualTo(2);
  }

  @Test
  void personWithARunThatIsNotOverIsNotErased() throws Exception {
    String over = people.ended("p-busy");
    String running = people.started("p-busy");

    HttpResponse<String> refused = eraseSubject("t1", "p-busy");

    problem(refused, 409, "RUN_NOT_OVER");
    assertThat(refused.body()).contains(running);
    assertThat(secrets(over)).hasSize(5);
  }

  @Test
  void nobodyErasesWhatIsAnotherTenants() throws Exception {
    String run = people.ended("p-ours");

    problem(erase("t2", run), 404, "NOT_FOUND");
    problem(eraseSubject("t2", "p-ours"), 404, "NOT_FOUND");
    problem(
        office.post(
            "t2",
            "ada",
            "/v1/holds",
            "{\"scope\": \"RUN\", \"target\": \"%s\", \"reason\": \"CASE\"}".formatted(run),
            Role.ADMIN),
        404,
        "NOT_FOUND");
    assertThat(secrets(run)).hasSize(5);
  }

  @Test
  void onlyDataProtectionErasesAndOnlyWithACode() throws Exception {
    String path = "/v1/runs/" + people.ended("p-roles") + "/erasure";
    for (Role role : List.of(Role.OPERATOR, Role.AUDITOR, Role.BUILDER, Role.SERVICE)) {
      problem(office.post("t1", "eve", path, REASON, role), 403, "FORBIDDEN");
    }
    problem(
        office.post("t1", "ada", path, "{\"reason\": \"Ms Smith asked\"}", Role.ADMIN),
        422,
        "INVALID");
    problem(office.post("t1", "ada", path, "{}", Role.ADMIN), 422, "INVALID");
    Office.expect(200, office.post("t1", "dpo", path, REASON, Role.PRIVACY));
  }

  private static HttpResponse<String> erase(String tenant, String run) throws Exception {
    return office.post(tenant, "ada", "/v1/runs/" + run + "/erasure", REASON, Role.ADMIN);
  }

  private static HttpResponse<String> eraseSubject(String tenant, String person) throws Exception {
    return office.post(tenant, "ada", "/v1/subjects/" + person + "/erasure", REASON, Role.ADMIN);
  }

  /// The run's wrapped key and ciphertexts.
  private static List<byte[]> secrets(String run) {
    List<byte[]> all = new ArrayList<>();
    for (String query :
        List.of(
            "SELECT wrapped FROM run_key WHERE run = ?",
            "SELECT ciphertext FROM sealed_content WHERE run = ?")) {
      all.addAll(office.store.everything(c -> Sql.all(c, query, row -> row.getBytes(1), run)));
    }
    return all;
  }

  private static void problem(HttpResponse<String> answer, int status, String code) {
    Office.expect(status, answer);
    assertThat(Office.json(answer).path("code").asText()).isEqualTo(code);
  }
}

package ai.rails.command.worker;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ai.rails.command.TestStore;
import ai.rails.command.key.WorkerInstances;
import ai.rails.command.key.WorkerLife;
import ai.rails.domain.EntryType;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.access.AccessEvent.AccessRefused;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.EventCodec;
import ai.rails.schema.StepCommand;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.ModelUse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What a worker can not do: work on after its lease, on others' runs, or beside the workflow.
@Tag("slow")
class FenceTest {
  private TestStore store;
  private Rig rig;
  private TestWorker worker;
  private TestWorker other;

  @BeforeEach
  void start() {
    store = TestStore.open().tenant("t1", "w1").tenant("t2", "w1");
    rig = new Rig(store, Triage.PATIENT.workflow("fetch", "classify"));
    worker = rig.worker();
    other = rig.worker(new WorkerIdentity("t1", "worker-2", Triage.DIGEST, "dev"));
  }

  @AfterEach
  void stop() {
    rig.close();
    store.close();
  }

  @Test
  void pausedWorkerChangesNothingWhenItWakes() {
    String run = rig.start();
    StepCommand command = rig.command(run, "fetch", 1);
    Claimed slept = worker.claim(command);
    Call call = fetch(slept);
    worker.intent(slept, call);
    rig.endLeases(run);

    Claimed taken = other.claim(command);

    assertThat(taken.epoch()).isEqualTo(slept.epoch() + 1);
    assertThat(taken.frozen().orElseThrow().intended()).isTrue();
    assertThat(taken.frozen().orElseThrow().intentAt()).isPositive();
    List<EntryType> before = rig.entries(run);
    refused(Code.STALE_LEASE, () -> worker.outcome(slept, call, "SUCCESS", "OK"));
    refused(Code.STALE_LEASE, () -> worker.intent(slept, call));
    refused(Code.STALE_LEASE, () -> worker.complete(slept));
    refused(Code.STALE_LEASE, () -> worker.fail(slept, "BROKEN", true));
    refused(Code.STALE_LEASE, () -> worker.renew(slept));
    refused(Code.STALE_LEASE, () -> worker.runKey(slept, "key"));
    assertThat(rig.entries(run)).isEqualTo(before);
    assertThat(store.number("SELECT count(*) FROM sealed_content WHERE ref LIKE '%evidence%'"))
        .isZero();

    other.intent(taken, call);
    other.outcome(taken, call, "SUCCESS", "OK");
    other.complete(taken);
    assertThat(rig.state(run).step("fetch").orElseThrow().status()).isEqualTo(StepStatus.COMPLETED);
  }

  @Test
  void expiredLeaseBringsANewAttemptAndFencesTheOld() {
    rig.ticking();
    String run = rig.start();
    Claimed slept = worker.claim(rig.command(run, "fetch", 1));
    rig.endLeases(run);

    Claimed next = other.claim(rig.command(run, "fetch", 2));

    refused(Code.STALE_LEASE, () -> worker.intent(slept, fetch(slept)));
    other.intent(next, fetch(next));
    refused(Code.STALE_LEASE, () -> worker.outcome(slept, fetch(slept), "SUCCESS", "OK"));
    assertThat(rig.state(run).step("fetch").orElseThrow().attempt()).isEqualTo(2);
  }

  @Test
  void revokedWorkerIsRefusedAtOnceAndItsStepIsAnothers() {
    holdKeys();
    rig.ticking();
    String run = rig.start();
    Claimed begun = worker.claim(rig.command(run, "fetch", 1));

    boolean _ =
        store.everything(c -> {
          WorkerLife.end(c, "t1", worker.identity().worker());
          return true;
        });

    refused(Code.FORBIDDEN, () -> worker.intent(begun, fetch(begun)));
    refused(Code.FORBIDDEN, () -> worker.renew(begun));
    refused(Code.FORBIDDEN, () -> worker.complete(begun));
    refused(Code.FORBIDDEN, () -> worker.fail(begun, "BROKEN", true));
    Claimed next = other.claim(rig.command(run, "fetch", 2));
    refused(Code.FORBIDDEN, () -> worker.claim(rig.command(run, "fetch", 2)));
    other.intent(next, fetch(next));
    assertThat(rig.entries(run)).containsOnlyOnce(EntryType.TOOL_ACTION_INTENDED);
  }

  @Test
  void workerThatIsToEndFinishesWhatItHasBegunAndBeginsNothing() {
    holdKeys();
    String run = rig.start();
    StepCommand command = rig.command(run, "fetch", 1);
    Claimed begun = worker.claim(command);
    store.execute(
        "UPDATE worker SET ending_until = clock_timestamp() + interval '1 minute' WHERE worker = ?",
        worker.identity().worker());

    refused(Code.FORBIDDEN, () -> worker.claim(command));
    worker.intent(begun, fetch(begun));
    worker.outcome(begun, fetch(begun), "SUCCESS", "OK");
    worker.complete(begun);
    assertThat(rig.state(run).step("fetch").orElseThrow().status()).isEqualTo(StepStatus.COMPLETED);
  }

  private void holdKeys() {
    for (TestWorker each : List.of(worker, other)) {
      store.execute(
          """
          INSERT INTO worker (tenant, worker, workspace, environment, artifact_digest, release_id,
            release_until)
          VALUES ('t1', ?, 'w1', 'dev', ?, 'r', clock_timestamp() + interval '5 minutes')\
          """,
          each.identity().worker(),
          Triage.DIGEST);
    }
    rig.holders = (c, who, work) -> WorkerInstances.holdsKeys(c, who, work == KeyHolders.Work.NEW);
  }

  @Test
  void oneWorkerHasAnAttemptAndMayAskForItAgain() {
    String run = rig.start();
    StepCommand command = rig.command(run, "fetch", 1);
    Claimed first = worker.claim(command);

    refused(Code.STEP_NOT_OPEN, () -> other.claim(command));
    Claimed again = worker.claim(command);

    assertThat(again.epoch()).isEqualTo(first.epoch() + 1);
    refused(Code.STALE_LEASE, () -> worker.renew(first));
    assertThat(worker.renew(again).leaseUntil()).isGreaterThanOrEqualTo(again.leaseUntil());
    assertThat(store.number("SELECT count(*) FROM timer WHERE kind = 'LEASE'")).isOne();
  }

  @Test
  void certificateBindsToOneVersionAndEnvironment() {
    String run = rig.start();
    StepCommand command = rig.command(run, "fetch", 1);
    String version = "sha256:" + "f".repeat(64);

    refused(
        Code.STEP_NOT_OPEN,
        () -> rig.worker(new WorkerIdentity("t1", "worker-3", version, "dev")).claim(command));
    refused(
        Code.STEP_NOT_OPEN,
        () ->
            rig.worker(new WorkerIdentity("t1", "worker-3", Triage.DIGEST, "prod")).claim(command));
    refused(
        Code.STEP_NOT_OPEN, () -> worker.claim(command, "00000000-0000-7000-8000-000000000000"));
    refused(Code.INVALID, () -> worker.claim(command, "not-a-uuid"));
  }

  @Test
  void otherTenantsRunDoesNotExistAndTheAttemptIsNotedOnce() {
    String run = rig.start();
    StepCommand command = rig.command(run, "fetch", 1);
    TestWorker stranger = rig.worker(new WorkerIdentity("t2", "worker-9", Triage.DIGEST, "dev"));

    for (int i = 0; i < 5; i++) {
      refused(Code.NOT_FOUND, () -> stranger.claim(command));
    }

    List<byte[]> noted =
        store.everything(c ->
            Sql.all(
                c,
                "SELECT payload FROM event WHERE tenant = 't2' AND workspace = '_tenant'",
                row -> row.getBytes(1)));
    assertThat(noted).hasSize(1);
    assertThat(new EventCodec().decode(noted.getFirst()).event())
        .isEqualTo(new AccessRefused("worker-9", "POST /v1/worker/steps/claim", run, "NOT_FOUND"));
    assertThat(store.number("SELECT epoch FROM step_task WHERE run = ?", run)).isZero();
  }

  @Test
  void repeatedReportsGetTheSameAnswer() {
    String run = rig.start();
    Claimed claimed = worker.claim(rig.command(run, "fetch", 1));
    Call call = fetch(claimed);
    worker.intent(claimed, call);

    assertThat(worker.outcome(claimed, call, "SUCCESS", "OK").next()).isEqualTo("COMPLETE");
    assertThat(worker.outcome(claimed, call, "SUCCESS", "OK").next()).isEqualTo("COMPLETE");
    worker.complete(claimed);
    List<EntryType> once = rig.entries(run);
    worker.complete(claimed);
    assertThat(worker.outcome(claimed, call, "SUCCESS", "OK").next()).isEqualTo("STOP");

    assertThat(rig.entries(run)).isEqualTo(once);
    refused(Code.STALE_LEASE, () -> worker.outcome(claimed, call, "DEFINITE_FAILURE", "HTTP_404"));
  }

  @Test
  void lastCompletionIsRepeatableAfterTheRunHasEnded() {
    String run = rig.start();
    worker.does(rig.command(run, "fetch", 1), "get-incident", "U");
    Claimed last = worker.does(rig.command(run, "classify", 1), "complete", "M");
    assertThat(rig.state(run).status()).isEqualTo(Run.Status.COMPLETED);

    worker.complete(last);

    assertThat(rig.entries(run)).endsWith(EntryType.WORKFLOW_COMPLETED);
  }

  @Test
  void runHasOneKey() {
    String run = rig.start();
    Claimed claimed = worker.claim(rig.command(run, "fetch", 1));
    worker.runKey(claimed, "the key");
    worker.runKey(claimed, "the key");

    refused(Code.ALREADY_EXISTS, () -> worker.runKey(claimed, "another key"));

    Claimed again = worker.claim(rig.command(run, "fetch", 1));
    assertThat(again.wrappedRunKey()).contains(TestWorker.base64("the key"));
  }

  @Test
  void onlyTheDeclaredCallIsAskedAbout() {
    String run = rig.start();
    Claimed claimed = worker.claim(rig.command(run, "fetch", 1));
    Call good = fetch(claimed);
    List<EntryType> before = rig.entries(run);

    for (Call bad :
        List.of(
            with(good, "update-incident", "snow.test", "U", Map.of()),
            with(good, "get-incident", "evil.test", "U", Map.of()),
            with(good, "get-incident", "snow.test", "N", Map.of()),
            with(good, "get-incident", "snow.test", "U", Map.of("text", "x".repeat(65))))) {
      refused(Code.INVALID, () -> worker.intent(claimed, bad));
    }

    assertThat(rig.entries(run)).isEqualTo(before);
    assertThat(store.number("SELECT count(*) FROM sealed_content")).isZero();
  }

  @Test
  void frozenCallStaysFrozen() {
    String run = rig.start();
    Claimed claimed = worker.claim(rig.command(run, "fetch", 1));
    Call call = fetch(claimed);
    worker.intent(claimed, call);
    Call thawed =
        new Call(
            call.callId(),
            call.forStep(),
            0,
            call.connector(),
            call.action(),
            call.connectorDigest(),
            call.instance(),
            call.host(),
            call.port(),
            "sha256:" + "e".repeat(64),
            "U",
            Map.of(),
            2,
            call.estimate(),
            call.tokens(),
            call.frozenRef());

    refused(Code.CALL_ALREADY_FROZEN, () -> worker.intent(claimed, thawed));
  }

  @Test
  void workerUsesNoneOfTheControlPlanesOwnCodes() {
    String run = rig.start();
    Claimed claimed = worker.claim(rig.command(run, "fetch", 1));

    refused(Code.INVALID, () -> worker.fail(claimed, "THROTTLED", true));
    refused(Code.INVALID, () -> worker.fail(claimed, "the printer is on fire", true));
    refused(Code.INVALID, () -> worker.outcome(claimed, fetch(claimed), "PERHAPS", "OK", none()));
  }

  @Test
  void policyIsAskedAboutMetadataOnly() {
    String run = rig.start();
    Claimed claimed = worker.claim(rig.command(run, "fetch", 1));
    worker.intent(claimed, fetch(claimed));

    Map<String, Object> input = rig.policy.asked.getFirst().input();

    assertThat(input.get("schema")).isEqualTo("airails.tool_action/1");
    assertThat(input.get("actor"))
        .isEqualTo(
            Map.of(
                "kind",
                "agent",
                "id",
                "worker-1",
                "roles",
                List.of(),
                "on_behalf_of",
                "requester"));
    assertThat(input.keySet())
        .containsExactlyInAnyOrder(
            "schema",
            "env",
            "clock",
            "tenant",
            "actor",
            "workflow",
            "run",
            "tool",
            "approvals",
            "budget");
    assertThat(input.toString()).doesNotContain("INC001");
  }

  private static Optional<ModelUse> none() {
    return Optional.empty();
  }

  private static Call fetch(Claimed claimed) {
    return TestWorker.call(claimed, "fetch", "get-incident", "U");
  }

  private static Call with(
      Call call, String action, String host, String klass, Map<String, String> parameters) {
    return new Call(
        call.callId(),
        call.forStep(),
        0,
        call.connector(),
        action,
        call.connectorDigest(),
        call.instance(),
        host,
        call.port(),
        call.callDigest(),
        klass,
        parameters,
        2,
        call.estimate(),
        call.tokens(),
        call.frozenRef());
  }

  private static void refused(Code code, ThrowingCallable request) {
    assertThatThrownBy(request)
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}

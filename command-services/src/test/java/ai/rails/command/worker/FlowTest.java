package ai.rails.command.worker;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.google.crypto.tink.subtle.Ed25519Verify;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ai.rails.command.Soon;
import ai.rails.command.TestStore;
import ai.rails.domain.Refused;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.Resolution;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand.CancelRun;
import ai.rails.domain.run.RunCommand.CorrectCall;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.ResolveCall;
import ai.rails.domain.run.RunCommand.RetryRun;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.ticket.EgressTicket;
import ai.rails.schema.StepCommand;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Intended;

import static ai.rails.domain.EntryType.BUDGET_RESERVED;
import static ai.rails.domain.EntryType.BUDGET_SETTLED;
import static ai.rails.domain.EntryType.CALL_CORRECTED;
import static ai.rails.domain.EntryType.EVIDENCE_CAPTURED;
import static ai.rails.domain.EntryType.HUMAN_GATE_DECISIONED;
import static ai.rails.domain.EntryType.HUMAN_GATE_REQUESTED;
import static ai.rails.domain.EntryType.MODEL_INVOKED;
import static ai.rails.domain.EntryType.POLICY_EVALUATED;
import static ai.rails.domain.EntryType.STEP_COMPLETED;
import static ai.rails.domain.EntryType.STEP_SCHEDULED;
import static ai.rails.domain.EntryType.TOOL_ACTION_EXECUTED;
import static ai.rails.domain.EntryType.TOOL_ACTION_INTENDED;
import static ai.rails.domain.EntryType.TRIGGER_RECEIVED;
import static ai.rails.domain.EntryType.WORKFLOW_COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Whole runs through the worker protocol, from their start to their end.
@Tag("slow")
class FlowTest {
  private static final String[] TRIAGE = {"fetch", "classify", "ask", "update"};
  private static final String DUE = " AND kind = 'STEP_DUE'";
  private static TestStore store;

  @BeforeAll
  static void start() {
    store = TestStore.open().tenant("t1", "w1");
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  private static Rig triage() {
    return new Rig(store, Triage.PATIENT.workflow(TRIAGE)).ticking();
  }

  /// Up to the open gate.
  private static String atGate(Rig rig) {
    TestWorker worker = rig.worker();
    String run = rig.start();
    worker.does(rig.command(run, "fetch", 1), "get-incident", "U");
    worker.does(rig.command(run, "classify", 1), "complete", "M");
    Claimed gate = worker.claim(rig.command(run, "ask", 1));
    worker.propose(gate, TestWorker.call(gate, "update", "update-incident", "U"));
    return run;
  }

  @Test
  void approvedRunCompletesWithAllItsEvidence() {
    try (Rig rig = triage()) {
      TestWorker worker = rig.worker();
      String run = atGate(rig);
      Claimed card = worker.does(rig.command(run, "ask.card", 1), "post-card", "Q");
      rig.decide(run, Verdict.APPROVE);
      Claimed update = worker.does(rig.command(run, "update", 1), "update-incident", "U");

      assertThat(rig.state(run).status()).isEqualTo(Run.Status.COMPLETED);
      assertThat(rig.entries(run))
          .containsExactly(
              TRIGGER_RECEIVED,
              STEP_SCHEDULED,
              POLICY_EVALUATED,
              TOOL_ACTION_INTENDED,
              TOOL_ACTION_EXECUTED,
              EVIDENCE_CAPTURED,
              STEP_COMPLETED,
              STEP_SCHEDULED,
              POLICY_EVALUATED,
              TOOL_ACTION_INTENDED,
              BUDGET_RESERVED,
              TOOL_ACTION_EXECUTED,
              MODEL_INVOKED,
              EVIDENCE_CAPTURED,
              BUDGET_SETTLED,
              STEP_COMPLETED,
              STEP_SCHEDULED,
              POLICY_EVALUATED,
              HUMAN_GATE_REQUESTED,
              STEP_SCHEDULED,
              POLICY_EVALUATED,
              TOOL_ACTION_INTENDED,
              TOOL_ACTION_EXECUTED,
              EVIDENCE_CAPTURED,
              STEP_COMPLETED,
              HUMAN_GATE_DECISIONED,
              STEP_COMPLETED,
              STEP_SCHEDULED,
              POLICY_EVALUATED,
              TOOL_ACTION_INTENDED,
              TOOL_ACTION_EXECUTED,
              EVIDENCE_CAPTURED,
              STEP_COMPLETED,
              WORKFLOW_COMPLETED);
      assertThat(rig.openTasks(run)).isZero();
      assertThat(rig.timersOf(run)).isZero();
      assertThat(card.gate().orElseThrow().callDigest())
          .isEqualTo(update.frozen().orElseThrow().callDigest());
      assertThat(update.frozen().orElseThrow().intended()).isFalse();
      assertThat(update.contents()).containsKeys("update/call/1", "fetch/output/1");
      assertThat(update.outputs()).containsEntry("classify", "classify/output/1");
      assertThat(update.steps().get("fetch")).containsEntry("category", "network");
    }
  }

  @Test
  void modelCallIsReservedAndSettled() {
    try (Rig rig = triage()) {
      long before = spent();
      String run = rig.start();
      TestWorker worker = rig.worker();
      worker.does(rig.command(run, "fetch", 1), "get-incident", "U");
      Claimed claimed = worker.claim(rig.command(run, "classify", 1));
      Call call = TestWorker.call(claimed, "classify", "complete", "M");

      worker.intent(claimed, call);
      assertThat(reserved()).isEqualTo(400_000_000);

      worker.outcome(claimed, call, "SUCCESS", "OK", Optional.of(TestWorker.use(150_000_000)));
      assertThat(reserved()).isZero();
      assertThat(spent() - before).isEqualTo(150_000_000);
    }
  }

  @Test
  void ticketsAreForExactlyThisCall() throws GeneralSecurityException {
    try (Rig rig = triage()) {
      String run = rig.start();
      Claimed claimed = rig.worker().claim(rig.command(run, "fetch", 1));
      Call call = TestWorker.call(claimed, "fetch", "get-incident", "U");

      Intended intended = rig.worker().intent(claimed, call);

      assertThat(intended.tickets()).hasSize(2);
      EgressTicket ticket =
          EgressTicket.verify(
              intended.tickets().getFirst(), new Ed25519Verify(rig.ticketKey.getPublicKey()));
      assertThat(ticket.tenant()).isEqualTo("t1");
      assertThat(ticket.callId()).isEqualTo(call.callId());
      assertThat(ticket.host()).isEqualTo("snow.test");
      assertThat(ticket.epoch()).isEqualTo(claimed.epoch());
      assertThat(ticket.notAfterMillis() - ticket.issuedAtMillis()).isLessThanOrEqualTo(10_000);
      assertThat(ticket.closeAtMillis()).isEqualTo(claimed.leaseUntil() - 5_000);
      assertThat(intended.idempotencyKey()).startsWith("ar1_");
    }
  }

  @Test
  void policyIsAskedWhenSomebodyApprovesAndItsAnswerStandsInTheEvent() {
    try (Rig rig = triage()) {
      String run = atGate(rig);
      rig.policy.unavailable.set(Optional.of("pdp_refused"));
      assertThatThrownBy(() -> rig.decide(run, Verdict.APPROVE)).isInstanceOf(Unavailable.class);
      rig.policy.unavailable.set(Optional.empty());
      rig.policy.always.set(Optional.of(Effect.DENY));
      assertThatThrownBy(() -> rig.decide(run, Verdict.APPROVE))
          .isInstanceOfSatisfying(
              Refused.class, r -> assertThat(r.code()).isEqualTo(Refused.Code.FORBIDDEN));
      assertThat(rig.state(run).gate("ask").orElseThrow().approvals()).isEmpty();
      rig.policy.always.set(Optional.empty());

      rig.decide(run, Verdict.APPROVE);

      assertThat(rig.policy.asked.getLast().entryPoint()).isEqualTo("airails/approval/guarded");
      assertThat(rig.policy.asked.getLast().input().toString())
          .contains("id=ann", "requester=requester", "role=approver");
      assertThat(rig.state(run).gate("ask").orElseThrow().approvals().get("ann"))
          .satisfies(vote -> assertThat(vote.decision()).isPresent());
    }
  }

  @Test
  void aCorrectionReachesTheWorkerAndWhatItRendersIsApprovedAndRuns() {
    try (Rig rig = triage()) {
      TestWorker worker = rig.worker();
      String run = atGate(rig);
      worker.does(rig.command(run, "ask.card", 1), "post-card", "Q");
      String made = "sha256:" + "e".repeat(64);
      rig.order(correction(rig, run, made));

      Claimed gate = worker.claim(rig.command(run, "ask", 2));
      assertThat(gate.attemptGroup()).isEqualTo(2);
      assertThat(gate.frozen()).isEmpty();
      assertThat(gate.correction().orElseThrow().correctedDigest()).isEqualTo(made);
      assertThat(gate.correction().orElseThrow().frozenRef()).isEqualTo("update/call/1");
      assertThat(gate.contents()).containsKey("update/call/1");
      worker.propose(
          gate, withDigest(TestWorker.call(gate, "update", "update-incident", "U"), made));

      Claimed update = worker.claim(rig.command(run, "update", 1));
      assertThat(update.frozen().orElseThrow().callDigest()).isEqualTo(made);
      assertThat(update.correction()).isEmpty();
      assertThat(rig.entries(run)).containsOnlyOnce(CALL_CORRECTED, HUMAN_GATE_DECISIONED);
      assertThat(rig.policy.asked.stream().map(q -> q.input().toString()))
          .noneMatch(input -> input.contains("corrected"));
      Intended left =
          worker.intent(
              update, withDigest(TestWorker.call(update, "update", "update-incident", "U"), made));
      assertThat(left.effect()).isEqualTo("ALLOW");
      assertThat(rig.policy.asked.getLast().input().toString()).contains("corrected=true");
    }
  }

  private static CorrectCall correction(Rig rig, String run, String made) {
    String shown = rig.state(run).gate("ask").orElseThrow().request().callDigest();
    return new CorrectCall(
        new DecideGate(
            "t1",
            run,
            "ask",
            Verdict.APPROVE,
            "ann",
            List.of("approver"),
            "API",
            shown,
            Optional.empty()),
        made,
        List.of("impact"),
        new SealedRef("ask/correction/1", "f".repeat(64), 100));
  }

  private static Call withDigest(Call c, String digest) {
    return new Call(
        c.callId(),
        c.forStep(),
        c.actionIndex(),
        c.connector(),
        c.action(),
        c.connectorDigest(),
        c.instance(),
        c.host(),
        c.port(),
        digest,
        c.idempotencyClass(),
        c.parameters(),
        c.requests(),
        c.estimate(),
        c.tokens(),
        c.frozenRef());
  }

  @Test
  void deniedGateEndsTheRun() {
    try (Rig rig = triage()) {
      String run = atGate(rig);

      rig.decide(run, Verdict.DENY);

      assertThat(rig.state(run).status()).isEqualTo(Run.Status.CANCELLED);
      assertThat(rig.openTasks(run)).isZero();
      assertThat(rig.timersOf(run)).isZero();
    }
  }

  @Test
  void silenceMeansNo() {
    var hasty = new Triage(Duration.ofMillis(300), Duration.ofHours(1));
    try (Rig rig = new Rig(store, hasty.workflow(TRIAGE)).ticking()) {
      String run = atGate(rig);

      Soon.until("gate expired", () -> rig.state(run).status().ended());

      assertThat(rig.state(run).status()).isEqualTo(Run.Status.CANCELLED);
      assertThat(rig.timersOf(run)).isZero();
      assertThatThrownBy(() -> rig.decide(run, Verdict.APPROVE)).isInstanceOf(Refused.class);
    }
  }

  @Test
  void laterAttemptIsUnderHigherEpochThanAllBeforeIt() {
    try (Rig rig = triage()) {
      TestWorker worker = rig.worker();
      String run = rig.start();
      StepCommand first = rig.command(run, "fetch", 1);
      worker.claim(first);
      Claimed again = worker.claim(first);
      worker.fail(again, "HTTP_500", true);

      Claimed later = worker.claim(rig.command(run, "fetch", 2));

      assertThat(later.epoch()).isGreaterThan(again.epoch());
    }
  }

  @Test
  void failedAttemptComesAgainAfterItsBackOffUntilAttemptsAreSpent() {
    try (Rig rig = triage()) {
      TestWorker worker = rig.worker();
      String run = rig.start();
      worker.fail(worker.claim(rig.command(run, "fetch", 1)), "DNS_FAILED", true);

      worker.fail(worker.claim(rig.command(run, "fetch", 2)), "DNS_FAILED", true);

      assertThat(rig.state(run).step("fetch").orElseThrow().status()).isEqualTo(StepStatus.DEAD);
      assertThat(rig.openTasks(run)).isZero();

      rig.order(new RetryRun("t1", run, Optional.empty(), "operator"));
      worker.does(rig.command(run, "fetch", 3), "get-incident", "U");

      assertThat(rig.state(run).step("fetch").orElseThrow().status())
          .isEqualTo(StepStatus.COMPLETED);
    }
  }

  @Test
  void unknownOutcomeOfPagingSomebodyWaitsForAPerson() {
    try (Rig rig = new Rig(store, Triage.PATIENT.workflow("page")).ticking()) {
      TestWorker worker = rig.worker();
      String run = rig.start();
      Claimed claimed = worker.claim(rig.command(run, "page", 1));
      Call call = TestWorker.call(claimed, "page", "page", "N");
      worker.intent(claimed, call);

      assertThat(worker.outcome(claimed, call, "AMBIGUOUS", "TIMEOUT").next()).isEqualTo("STOP");

      assertThat(rig.state(run).step("page").orElseThrow().status())
          .isEqualTo(StepStatus.AMBIGUOUS);
      assertThat(rig.openTasks(run)).isZero();
      assertThatThrownBy(() -> rig.order(new RetryRun("t1", run, Optional.empty(), "operator")))
          .isInstanceOfSatisfying(
              Refused.class, e -> assertThat(e.code()).isEqualTo(Refused.Code.NEEDS_RUN_AGAIN));

      rig.order(new ResolveCall("t1", run, call.callId(), Resolution.RUN_AGAIN, "operator"));
      Claimed again = worker.does(rig.command(run, "page", 2), "page", "N");

      assertThat(again.attemptGroup()).isEqualTo(2);
      assertThat(rig.state(run).status()).isEqualTo(Run.Status.COMPLETED);
    }
  }

  @Test
  void leaseThatEndsAfterTheIntentLeavesPagingToAPerson() {
    try (Rig rig = new Rig(store, Triage.PATIENT.workflow("page")).ticking()) {
      TestWorker worker = rig.worker();
      String run = rig.start();
      Claimed claimed = worker.claim(rig.command(run, "page", 1));
      worker.intent(claimed, TestWorker.call(claimed, "page", "page", "N"));

      rig.endLeases(run);

      Soon.until(
          "human task",
          () -> rig.state(run).step("page").orElseThrow().status() == StepStatus.AMBIGUOUS);
      assertThat(rig.find(run, "page", 2)).isEmpty();
    }
  }

  @Test
  void cancelledRunTakesNothingMore() {
    try (Rig rig = triage()) {
      TestWorker worker = rig.worker();
      String run = rig.start();
      Claimed claimed = worker.claim(rig.command(run, "fetch", 1));

      rig.order(new CancelRun("t1", run, "operator", "MISTAKE"));

      assertThat(rig.openTasks(run)).isZero();
      assertThat(rig.timersOf(run)).isZero();
      assertThatThrownBy(
              () -> worker.intent(claimed, TestWorker.call(claimed, "fetch", "get-incident", "U")))
          .isInstanceOfSatisfying(
              Refused.class, e -> assertThat(e.code()).isEqualTo(Refused.Code.STALE_LEASE));
    }
  }

  @Test
  void runThatTakesTooLongFails() {
    var brief = new Triage(Duration.ofHours(1), Duration.ofMillis(200));
    try (Rig rig = new Rig(store, brief.workflow(TRIAGE)).ticking()) {
      String run = rig.start();

      Soon.until("deadline", () -> rig.state(run).status() == Run.Status.FAILED);

      assertThat(rig.timersOf(run)).isZero();
    }
  }

  @Test
  void policyHoldsBack() {
    try (Rig rig = triage()) {
      String run = rig.start();
      Claimed claimed = rig.worker().claim(rig.command(run, "fetch", 1));
      rig.policy.always.set(Optional.of(Effect.DENY));

      Intended held =
          rig.worker().intent(claimed, TestWorker.call(claimed, "fetch", "get-incident", "U"));

      assertThat(held.effect()).isEqualTo("DENY");
      assertThat(held.tickets()).isEmpty();
      assertThat(rig.state(run).status()).isEqualTo(Run.Status.FAILED);
    }
  }

  @Test
  void policyOutOfReachIsAskedAgain() {
    try (Rig rig = triage()) {
      String run = rig.start();
      TestWorker worker = rig.worker();
      Claimed claimed = worker.claim(rig.command(run, "fetch", 1));
      rig.policy.unavailable.set(Optional.of("pdp_refused"));

      Intended held =
          worker.intent(claimed, TestWorker.call(claimed, "fetch", "get-incident", "U"));
      assertThat(held.tickets()).isEmpty();
      rig.policy.unavailable.set(Optional.empty());
      worker.does(rig.command(run, "fetch", 2), "get-incident", "U");

      assertThat(rig.state(run).step("fetch").orElseThrow().status())
          .isEqualTo(StepStatus.COMPLETED);
    }
  }

  @Test
  void emptyBudgetHoldsAModelCallBackAndLetsItComeAgain() {
    TestStore own = TestStore.open().tenant("t1", "w1");
    try (own;
        Rig rig =
            new Rig(own, Triage.PATIENT.workflow(TRIAGE), new Money("USD", 100_000_000))
                .ticking()) {
      String run = rig.start();
      TestWorker worker = rig.worker();
      worker.does(rig.command(run, "fetch", 1), "get-incident", "U");
      Claimed claimed = worker.claim(rig.command(run, "classify", 1));

      Intended held = worker.intent(claimed, TestWorker.call(claimed, "classify", "complete", "M"));

      assertThat(held.effect()).isEqualTo("THROTTLE");
      assertThat(held.reasons()).isEqualTo(List.of("BUDGET_EXCEEDED"));
      assertThat(
              own.number(
                  "SELECT coalesce(sum(reserved), 0) FROM budget_counter WHERE unit = 'USD'"))
          .isZero();
      assertThat(rig.find(run, "classify", 2)).as("not due for minutes").isEmpty();

      rig.raise(new Scope("w2", ""), new Unit("USD"), 1_000_000_000);
      assertThat(own.number("SELECT count(*) FROM timer WHERE due_at > clock_timestamp()" + DUE))
          .as("another workspace's cap moves nothing here")
          .isEqualTo(1);
      rig.raise(new Scope("w1", ""), new Unit("USD"), 1_000_000_000);

      worker.does(rig.command(run, "classify", 2), "complete", "M");
    }
  }

  private static long reserved() {
    return store.number("SELECT coalesce(sum(reserved), 0) FROM budget_counter WHERE unit = 'USD'");
  }

  private static long spent() {
    return store.number("SELECT coalesce(sum(used), 0) FROM budget_counter WHERE unit = 'USD'");
  }
}

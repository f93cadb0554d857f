package ai.rails.command.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import ai.rails.command.Soon;
import ai.rails.command.TestStore;
import ai.rails.command.run.Timers;
import ai.rails.domain.EntryType;
import ai.rails.domain.Refused;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.schema.worker.WorkerProtocol.Claimed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Timers: each effect once, whatever processes do.
class ClockTest {
  @Test
  void twoClocksSendEachStepCommandOnce() {
    try (TestStore store = TestStore.open().tenant("t1", "w1");
        Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch")).ticking();
        Timers second = rig.timers().start()) {
      TestWorker worker = rig.worker();
      List<String> runs = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String run = rig.start();
        runs.add(run);
        worker.fail(worker.claim(rig.command(run, "fetch", 1)), "DNS_FAILED", true);
      }

      for (String run : runs) {
        rig.command(run, "fetch", 2);
      }

      assertThat(store.number("SELECT count(*) FROM timer WHERE kind = 'STEP_DUE'")).isZero();
      assertThat(store.number("SELECT count(*) FROM step_command")).isEqualTo(40);
      assertThat(second).isNotNull();
    }
  }

  @Test
  void timerThatAProcessClaimedAndDiedOverIsClaimedAgain() {
    try (TestStore store = TestStore.open().tenant("t1", "w1");
        Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch"))) {
      TestWorker worker = rig.worker();
      String run = rig.start();
      worker.fail(worker.claim(rig.command(run, "fetch", 1)), "DNS_FAILED", true);
      // What a claim leaves behind, with its ten seconds over.
      store.execute("UPDATE timer SET due_at = clock_timestamp() WHERE kind = 'STEP_DUE'");

      rig.ticking();

      assertThat(rig.command(run, "fetch", 2).attempt()).isEqualTo(2);
    }
  }

  @Test
  void attemptEndsAtItsTimeoutHoweverOftenItsLeaseIsRenewed() {
    try (TestStore store = TestStore.open().tenant("t1", "w1");
        Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch")).ticking()) {
      String run = rig.start();
      TestWorker worker = rig.worker();
      Claimed claimed = worker.claim(rig.command(run, "fetch", 1));
      // The step's 30 s, but for the last.
      store.execute("UPDATE step_task SET deadline = clock_timestamp() + interval '1 second'");

      long until = worker.renew(claimed).leaseUntil();
      assertThat(until - claimed.now()).isLessThanOrEqualTo(3_000);
      Soon.until(
          "the attempt has ended", () -> rig.state(run).step("fetch").orElseThrow().attempt() == 2);

      assertThatThrownBy(() -> worker.renew(claimed)).isInstanceOf(Refused.class);
      assertThat(rig.bus.history("t1", "Run", run))
          .extracting(recorded -> recorded.event())
          .filteredOn(StepFailed.class::isInstance)
          .extracting(event -> ((StepFailed) event).code())
          .containsExactly(Reasons.STEP_TIMEOUT);
    }
  }

  @Test
  void attemptThatIsClaimedAgainKeepsItsDeadline() {
    try (TestStore store = TestStore.open().tenant("t1", "w1");
        Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch"))) {
      String run = rig.start();
      TestWorker worker = rig.worker();
      worker.claim(rig.command(run, "fetch", 1));
      store.execute("UPDATE step_task SET deadline = clock_timestamp() + interval '9 seconds'");

      Claimed again = worker.claim(rig.command(run, "fetch", 1));
      assertThat(again.leaseUntil() - again.now()).isBetween(1L, 9_000L);
      store.execute("UPDATE step_task SET deadline = clock_timestamp()");
      assertThatThrownBy(() -> worker.claim(rig.command(run, "fetch", 1)))
          .isInstanceOf(Refused.class);
    }
  }

  @Test
  void aGateThatNobodyDecidedAsksTheNextAndHasOneTimerLeft() {
    try (TestStore store = TestStore.open().tenant("t1", "w1");
        Rig rig =
            new Rig(store, Triage.PATIENT.workflow("fetch", "classify", "ask", "update"))
                .ticking()) {
      rig.policy.duty.set(
          Map.of(
              "quorum", "1",
              "ttl_s", "600",
              "role", "approver",
              "escalate_after_s", "1",
              "escalate_role", "managers"));
      TestWorker worker = rig.worker();
      String run = rig.start();
      worker.does(rig.command(run, "fetch", 1), "get-incident", "U");
      worker.does(rig.command(run, "classify", 1), "complete", "M");
      Claimed gate = worker.claim(rig.command(run, "ask", 1));
      worker.propose(gate, TestWorker.call(gate, "update", "update-incident", "U"));

      Soon.until(
          "managers are asked",
          () -> rig.state(run).gate("ask").orElseThrow().role().equals("managers"));

      assertThatThrownBy(() -> rig.decide(run, Verdict.APPROVE))
          .isInstanceOfSatisfying(
              Refused.class, r -> assertThat(r.code()).isEqualTo(Refused.Code.NOT_AN_APPROVER));
      assertThat(rig.entries(run)).containsOnlyOnce(EntryType.HUMAN_GATE_ESCALATED);
      assertThat(
              store.number("SELECT count(*) FROM timer WHERE run = ? AND kind LIKE 'GATE%'", run))
          .as("its expiry")
          .isEqualTo(1);
    }
  }

  @Test
  void renewedLeaseDoesNotEnd() {
    try (TestStore store = TestStore.open().tenant("t1", "w1");
        Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch")).ticking()) {
      String run = rig.start();
      Claimed claimed = rig.worker().claim(rig.command(run, "fetch", 1));
      // A timer that fires although the lease still runs, as after a race with a renewal.
      store.execute("UPDATE timer SET due_at = clock_timestamp() WHERE kind = 'LEASE'");
      Soon.until(
          "the timer was looked at",
          () ->
              store.number(
                      """
                      SELECT count(*) FROM timer
                       WHERE kind = 'LEASE' AND due_at > clock_timestamp()\
                      """)
                  == 1);

      rig.worker().renew(claimed);

      assertThat(rig.state(run).step("fetch").orElseThrow().status())
          .isEqualTo(StepStatus.SCHEDULED);
      assertThat(rig.openTasks(run)).isOne();
    }
  }
}

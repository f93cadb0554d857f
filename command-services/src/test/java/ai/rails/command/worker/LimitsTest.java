package ai.rails.command.worker;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ai.rails.command.TestStore;
import ai.rails.domain.EntryType;
import ai.rails.domain.Refused;
import ai.rails.domain.run.Waiting;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Intended;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Limits hold calls and runs back before anything of them is intended.
@Tag("slow")
class LimitsTest {
  private static TestStore store;

  @BeforeAll
  static void start() {
    store = TestStore.open().tenant("t1", "w1");
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  @Test
  void fiveFailuresInARowHoldTheNextCallBackUntilAProbeGetsThrough() {
    try (Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch")).ticking()) {
      TestWorker worker = rig.worker();
      for (int i = 0; i < 5; i++) {
        Claimed claimed = worker.claim(rig.command(rig.start(), "fetch", 1));
        Call call = TestWorker.call(claimed, "fetch", "get-incident", "U");
        assertThat(worker.intent(claimed, call).effect()).isEqualTo("ALLOW");
        worker.outcome(claimed, call, "DEFINITE_FAILURE", "EGRESS_UNREACHABLE");
      }
      String run = rig.start();
      Claimed claimed = worker.claim(rig.command(run, "fetch", 1));

      Intended held =
          worker.intent(claimed, TestWorker.call(claimed, "fetch", "get-incident", "U"));

      assertThat(held.effect()).isEqualTo("THROTTLE");
      assertThat(held.reasons()).containsExactly("BREAKER_OPEN");
      assertThat(held.tickets()).isEmpty();
      assertThat(rig.entries(run))
          .containsExactly(
              EntryType.TRIGGER_RECEIVED,
              EntryType.STEP_SCHEDULED,
              EntryType.CALL_HELD,
              EntryType.STEP_SCHEDULED);
      assertThat(rig.state(run).waiting())
          .singleElement()
          .extracting(Waiting::reason)
          .isEqualTo(Waiting.Reason.THROTTLE);
      store.execute("UPDATE instance_flow SET open_until = clock_timestamp()");
      store.execute("UPDATE timer SET due_at = clock_timestamp() WHERE kind = 'STEP_DUE'");
      worker.does(rig.command(run, "fetch", 2), "get-incident", "U");
      assertThat(
              store.number(
                  "SELECT failures FROM instance_flow WHERE open_until IS NULL AND NOT told"))
          .isZero();
      assertThat(store.number("SELECT count(*) FROM call_flight WHERE run = ?", run)).isZero();
    }
  }

  @Test
  void freshTicketsAreForACallOnItsWayUnderThisLeaseOnly() {
    try (Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch"))) {
      TestWorker worker = rig.worker();
      String run = rig.start();
      Claimed claimed = worker.claim(rig.command(run, "fetch", 1));
      Call call = TestWorker.call(claimed, "fetch", "get-incident", "U");
      assertThatThrownBy(() -> worker.freshen(claimed, call, 1)).isInstanceOf(Refused.class);
      worker.intent(claimed, call);

      assertThat(worker.freshen(claimed, call, 2)).hasSize(2).doesNotHaveDuplicates();
      assertThatThrownBy(() -> worker.freshen(claimed, call, 3)).isInstanceOf(Refused.class);
      rig.endLeases(run);
      assertThatThrownBy(() -> worker.freshen(claimed, call, 1))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> assertThat(refused.code()).isEqualTo(Refused.Code.STALE_LEASE));
      Claimed again = worker.claim(rig.command(run, "fetch", 1));
      assertThatThrownBy(() -> worker.freshen(again, call, 1))
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> assertThat(refused.code()).isEqualTo(Refused.Code.CALL_NOT_INTENDED));
    }
  }

  @Test
  void quotaOfRunsRefusesTheNextOneAndSaysWhatToDo() {
    try (Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch"))) {
      store.execute(
          """
          INSERT INTO budget_limit (tenant, workspace, workflow, period, unit, amount)
          VALUES ('t1', 'w1', 'triage', 'DAY', 'runs', 0)\
          """);
      try {
        assertThatThrownBy(rig::start)
            .isInstanceOfSatisfying(
                Refused.class,
                refused -> assertThat(refused.code()).isEqualTo(Refused.Code.BUDGET_EXCEEDED))
            .hasMessageContaining("workflow triage of workspace w1")
            .hasMessageContaining("rails cost budget set");
      } finally {
        store.execute("DELETE FROM budget_limit WHERE unit = 'runs'");
      }
      rig.start();
    }
  }
}

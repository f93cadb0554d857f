package ai.rails.command.worker;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ai.rails.command.TestStore;
import ai.rails.domain.EntryType;
import ai.rails.domain.Refused;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunEvent.BudgetSettled;
import ai.rails.domain.run.Waiting;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Intended;
import ai.rails.schema.worker.WorkerProtocol.Route;

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
  void aModelIsAskedWhereItIsRoutedAndNowhereElse() {
    try (Rig rig = new Rig(store, Triage.PATIENT.routed()).ticking()) {
      otherModel();
      TestWorker worker = rig.worker();
      String run = rig.start();
      Claimed claimed = worker.claim(rig.command(run, "classify", 1));
      Call first = TestWorker.call(claimed, "classify", "complete", "M");
      Call other = elsewhere(first);

      rig.policy.route.set(Optional.of(to("azure", "eu")));
      Intended routed = worker.intent(claimed, first);
      assertThat(routed.effect()).isEqualTo("ROUTE");
      assertThat(routed.tickets()).isEmpty();
      assertThat(routed.route()).contains(new Route("azure", Triage.MODEL, "eu"));
      assertThat(told(rig))
          .containsExactly(route("servicenow", "us", true), route("azure", "eu", true));
      assertThat(rig.entries(run)).doesNotContain(EntryType.TOOL_ACTION_INTENDED);

      Intended left = worker.intent(claimed, other);
      assertThat(left.tickets()).hasSize(2);
      assertThat(left.route()).isEmpty();
      worker.outcome(claimed, other, "DEFINITE_FAILURE", "EGRESS_UNREACHABLE");

      store.execute("UPDATE timer SET due_at = clock_timestamp() WHERE kind = 'STEP_DUE'");
      Claimed again = worker.claim(rig.command(run, "classify", 2));
      assertThat(again.attemptGroup()).as("another call").isEqualTo(2);
      assertThat(again.frozen()).isEmpty();
      rig.policy.route.set(Optional.of(to("servicenow", "us")));
      Call second = TestWorker.call(again, "classify", "complete", "M");
      assertThat(worker.intent(again, second).tickets()).hasSize(2);
      assertThat(told(rig)).contains(route("azure", "eu", false));
      worker.outcome(again, second, "SUCCESS", "OK", Optional.of(TestWorker.use(1)));
      worker.complete(again);
      assertThat(rig.state(run).status()).isEqualTo(Run.Status.COMPLETED);
    }
  }

  @Test
  void aRouteToWhatTheVersionDoesNotNameIsNotTaken() {
    try (Rig rig = new Rig(store, Triage.PATIENT.routed())) {
      otherModel();
      TestWorker worker = rig.worker();
      for (Map<String, String> odd : List.of(to("azure", "us"), to("openai", "us"))) {
        Claimed claimed = worker.claim(rig.command(rig.start(), "classify", 1));
        rig.policy.route.set(Optional.of(odd));

        Intended held =
            worker.intent(claimed, TestWorker.call(claimed, "classify", "complete", "M"));

        assertThat(held.effect()).isEqualTo("DENY");
        assertThat(held.reasons()).containsExactly("ROUTE_UNAVAILABLE");
        assertThat(held.tickets()).isEmpty();
        assertThat(held.route()).isEmpty();
      }
    }
  }

  @Test
  void whereAnInstanceIsOutPolicyMayRouteToOneThatIsNot() {
    try (Rig rig = new Rig(store, Triage.PATIENT.routed())) {
      otherModel();
      TestWorker worker = rig.worker();
      Claimed claimed = worker.claim(rig.command(rig.start(), "classify", 1));
      Call first = TestWorker.call(claimed, "classify", "complete", "M");
      store.execute(
          """
          INSERT INTO instance_flow
            (tenant, instance, workspace, due_at, not_before, failures, opened, open_until, code,
             told)
          VALUES ('t1', 'snow-dev', 'w1', 'epoch', 'epoch', 5, 1,
                  clock_timestamp() + interval '1 h', 'TIMEOUT', true)
          ON CONFLICT (tenant, instance) DO UPDATE SET open_until = excluded.open_until\
          """);
      try {
        rig.policy.route.set(Optional.of(to("azure", "eu")));
        assertThat(worker.intent(claimed, first).route()).isPresent();
        assertThat(told(rig)).contains(route("servicenow", "us", false));

        rig.policy.route.set(Optional.of(to("servicenow", "us")));
        assertThat(worker.intent(claimed, first).reasons())
            .as("without a fallback it waits")
            .containsExactly("BREAKER_OPEN");
      } finally {
        store.execute("DELETE FROM instance_flow WHERE instance = 'snow-dev'");
      }
    }
  }

  private static void otherModel() {
    store.execute(
        """
        INSERT INTO connector_instance (tenant, instance, workspace, connector, connector_digest,
          host, port, settings, ingest_public, ingest_wrapped)
        VALUES ('t1', 'other-1', 'w1', 'azure', ?, 'other.test', 443, '{"region": "eu"}', '\\x00',
          '\\x00')
        ON CONFLICT DO NOTHING\
        """,
        Triage.CONNECTOR);
    store.execute(
        "UPDATE connector_instance SET settings = '{\"region\": \"us\"}' WHERE instance ="
            + " 'snow-dev'");
  }

  private static Call elsewhere(Call call) {
    return new Call(
        call.callId(),
        call.forStep(),
        call.actionIndex(),
        "azure",
        call.action(),
        call.connectorDigest(),
        "other-1",
        "other.test",
        call.port(),
        "sha256:" + "e".repeat(64),
        call.idempotencyClass(),
        call.parameters(),
        call.requests(),
        call.estimate(),
        call.tokens(),
        call.frozenRef());
  }

  private static Map<String, String> to(String provider, String region) {
    return Map.of("provider", provider, "model", Triage.MODEL, "region", region, "place", "1");
  }

  private static Map<String, Object> route(String provider, String region, boolean answers) {
    return Map.of(
        "provider", provider, "model", Triage.MODEL, "region", region, "answers", answers);
  }

  /// What policy was told last of the models that may answer.
  private static List<Object> told(Rig rig) {
    return rig.policy.asked.getLast().input().get("tool") instanceof Map<?, ?> tool
            && tool.get("routes") instanceof List<?> routes
        ? List.copyOf(routes)
        : List.of();
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
  void aModelInsideTheWorkerHoldsItsGpuFromTheIntentToTheOutcomeAndNotAboveTheCap() {
    try (Rig rig = new Rig(store, Triage.PATIENT.onGpu()).ticking()) {
      TestWorker worker = rig.worker();
      String run = rig.start();
      long tenSeconds = Unit.gpuHours(10_000);
      rig.raise(new Scope("w1", ""), Unit.GPU_HOURS, tenSeconds - 1);
      Claimed claimed = worker.claim(rig.command(run, "classify", 1));
      Intended held = worker.intent(claimed, TestWorker.call(claimed, "classify", "think", "M"));
      assertThat(held.reasons()).containsExactly("BUDGET_EXCEEDED");
      assertThat(rig.state(run).waiting())
          .singleElement()
          .extracting(Waiting::reason)
          .isEqualTo(Waiting.Reason.BUDGET);

      rig.raise(new Scope("w1", ""), Unit.GPU_HOURS, tenSeconds);
      Claimed again = worker.claim(rig.command(run, "classify", 2));
      Call call = TestWorker.call(again, "classify", "think", "M");
      assertThat(worker.intent(again, call).effect()).isEqualTo("ALLOW");
      assertThat(gpu("open")).isEqualTo(tenSeconds);
      worker.outcome(again, call, "SUCCESS", "OK", Optional.of(TestWorker.use(1)));

      long millis =
          rig.history(run).stream()
              .filter(BudgetSettled.class::isInstance)
              .map(BudgetSettled.class::cast)
              .map(BudgetSettled::gpuMillis)
              .findFirst()
              .orElseThrow()
              .orElseThrow();
      assertThat(gpu("open")).isZero();
      assertThat(gpu("NOT open")).isEqualTo(Unit.gpuHours(millis));
    } finally {
      store.execute("DELETE FROM budget_limit WHERE unit = 'gpu-hours'");
    }
  }

  @Test
  void callOfARevokedConnectorGetsNoIntentAndNoTicket() {
    try (Rig rig = new Rig(store, Triage.PATIENT.workflow("fetch"))) {
      TestWorker worker = rig.worker();
      String run = rig.start();
      Claimed claimed = worker.claim(rig.command(run, "fetch", 1));
      Call call = TestWorker.call(claimed, "fetch", "get-incident", "U");
      store.execute(
          "UPDATE connector_instance SET revoked_at = 'epoch' WHERE instance = 'snow-dev'");
      try {
        assertThatThrownBy(() -> worker.intent(claimed, call))
            .isInstanceOfSatisfying(
                Refused.class,
                refused -> assertThat(refused.code()).isEqualTo(Refused.Code.CONNECTOR_REVOKED))
            .hasMessageContaining("pins another");
        assertThat(rig.entries(run)).doesNotContain(EntryType.TOOL_ACTION_INTENDED);
      } finally {
        store.execute("UPDATE connector_instance SET revoked_at = NULL");
      }
      assertThat(worker.intent(claimed, call).effect()).isEqualTo("ALLOW");
    }
  }

  private static long gpu(String which) {
    return store.number(
        "SELECT coalesce(sum(amount), 0) FROM budget_charge WHERE unit = 'gpu-hours' AND " + which);
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

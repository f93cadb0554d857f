package ai.rails.platform.evidence.report;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.Actor.Kind;
import ai.rails.domain.Event;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.Resolution;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.Usage;
import ai.rails.domain.worker.WorkerEvent;

/// A run in which every kind of entry that a run can have occurs, and its worker's.
final class TriageRun {
  static final String RUN = "01900000-0000-7000-8000-000000000001";
  private static final String WORKER = "worker-7f3a";
  private static final String DIGEST = "9f2c41d0".repeat(8);
  private static final String CONNECTOR = "sha256:" + "c0ffee12".repeat(8);

  final Ledger ledger = new Ledger();
  private final String markup;

  /// @param markup put wherever text is free, to see that it stays text
  TriageRun(String markup) {
    this.markup = markup;
  }

  TriageRun whole() {
    worker();
    engine(triggered());
    read();
    model();
    for (int more = 0; more < 1; more++) {
      fail();
    }
    gate();
    write();
    return end();
  }

  /// The same with so many more failed attempts.
  TriageRun longer(int attempts) {
    worker();
    engine(triggered());
    read();
    model();
    for (int more = 0; more < attempts; more++) {
      fail();
    }
    gate();
    write();
    return end();
  }

  private void worker() {
    ledger
        .add(
            Kind.SERVICE,
            "keys",
            Optional.of(RUN),
            new WorkerEvent.WorkerRegistered(WORKER, "itsm-triage", "14.0.0", "production"))
        .add(
            Kind.SERVICE,
            "keys",
            Optional.of(RUN),
            new WorkerEvent.AttestationVerified(
                WORKER, "DEVELOPMENT", "0".repeat(96), "ab".repeat(32), Optional.empty()))
        .add(
            Kind.SERVICE,
            "keys",
            Optional.of(RUN),
            new WorkerEvent.KeyReleaseEvaluated(WORKER, decision(Decision.Effect.ALLOW, "")))
        .add(
            Kind.SERVICE,
            "keys",
            Optional.of(RUN),
            new WorkerEvent.KeyReleased(
                WORKER, "release-1", List.of("wf:itsm-triage:14.0.0"), 12, at("12:20:00")));
  }

  private RunEvent triggered() {
    return new RunEvent.RunTriggered(
        RUN,
        "itsm-triage",
        "14.0.0",
        "sha256:" + "a1b2c3d4".repeat(8),
        "production",
        "servicenow-webhook",
        "5d".repeat(32),
        "u-requester",
        Map.of("ticket", "INC0048213", "note", markup),
        List.of(sealed("inputs/description")),
        Optional.of("01900000-0000-7000-8000-000000000000"),
        Optional.of("read"));
  }

  private void read() {
    scheduled("read");
    policy("read", "call-read", Decision.Effect.ALLOW, "tool.granted");
    intended("read", "call-read", "servicenow", "incident.get", RunEvent.IdempotencyClass.U);
    executed("read", "call-read", RunEvent.Outcome.SUCCESS, 200);
    work(new RunEvent.EvidenceCaptured(RUN, "read", "call-read", "response", sealed("read/e/1")));
    work(
        new RunEvent.StepCompleted(
            RUN, "read", 1, false, Map.of("priority", "P2"), Optional.of(sealed("read/output/1"))));
  }

  private void model() {
    scheduled("classify");
    policy("classify", "call-model", Decision.Effect.ROUTE, "model.routed");
    engine(
        new RunEvent.BudgetReserved(
            RUN,
            "classify",
            "call-model",
            usd(25_000_000),
            "2026-03-01",
            Optional.empty(),
            Optional.empty()));
    intended("classify", "call-model", "azure-openai", "chat", RunEvent.IdempotencyClass.M);
    executed("classify", "call-model", RunEvent.Outcome.SUCCESS, 200);
    work(
        new RunEvent.ModelInvoked(
            RUN,
            "classify",
            "call-model",
            "azure-openai",
            "gpt-pinned-1",
            "gpt-pinned-1-0301",
            new Usage(1_842, 512, 0, 211, 96),
            "2026-03-01",
            usd(18_700_000)));
    engine(
        new RunEvent.BudgetSettled(
            RUN,
            "classify",
            "call-model",
            usd(25_000_000),
            usd(18_700_000),
            "2026-03-01",
            Optional.empty()));
    work(new RunEvent.StepCompleted(RUN, "classify", 1, true, Map.of(), Optional.empty()));
  }

  private void fail() {
    scheduled("propose");
    work(
        new RunEvent.StepFailed(
            RUN, "propose", 1, "MODEL_ANSWER_INVALID", Optional.of(at("12:01:00")), false));
    ledger.add(
        Kind.USER, "u-operator", Optional.of(RUN), new RunEvent.RunRetried(RUN, "propose", "u-op"));
  }

  private void gate() {
    policy("update", "call-write", Decision.Effect.REQUIRE_HITL, "write.high_impact");
    work(
        new RunEvent.HumanGateRequested(
            RUN,
            "approve-write",
            "update",
            "call-write",
            DIGEST,
            List.of("write.high_impact"),
            Map.of("assignment_group", "NET-OPS-EMEA", "field", markup),
            "network-approvers",
            1,
            "u-requester",
            "u-author",
            at("13:00:00"),
            false,
            List.of(),
            List.of()));
    said("u-jon", RunEvent.Verdict.ASK_INFO, false, Optional.of(sealed("gate/comment/1")));
    said("u-mara", RunEvent.Verdict.APPROVE, true, Optional.empty());
  }

  private void write() {
    scheduled("update");
    policy("update", "call-write", Decision.Effect.ALLOW, "approved");
    intended("update", "call-write", "servicenow", "incident.update", RunEvent.IdempotencyClass.Q);
    executed("update", "call-write", RunEvent.Outcome.AMBIGUOUS, 0);
    ledger.add(
        Kind.USER,
        "u-operator",
        Optional.of(RUN),
        new RunEvent.CallReconciled(RUN, "update", "call-write", Resolution.DONE, "u-operator"));
    work(new RunEvent.RollbackApplied(RUN, "undo-update", "update", "call-undo"));
  }

  private TriageRun end() {
    engine(new RunEvent.RunCompleted(RUN, usd(18_700_000)));
    return this;
  }

  private void scheduled(String step) {
    engine(
        new RunEvent.StepScheduled(
            RUN, step, 1, 1, RunEvent.Purpose.PERFORM, "NEEDS_MET", Optional.empty()));
  }

  private void policy(String step, String call, Decision.Effect effect, String reason) {
    engine(new RunEvent.PolicyEvaluated(RUN, step, call, decision(effect, reason)));
  }

  private static Decision decision(Decision.Effect effect, String reason) {
    return new Decision(
        "01900000-0000-7000-a000-000000000001",
        "airails/tool_action/guarded",
        effect,
        List.of(reason.isEmpty() ? "key.granted" : reason),
        effect == Decision.Effect.REQUIRE_HITL
            ? List.of(
                new Decision.Obligation(
                    Decision.Obligation.Type.HUMAN_APPROVAL, Map.of("role", "network-approvers")))
            : List.of(),
        "{\"tool\":\"servicenow\"}",
        "1c".repeat(32),
        Map.of("platform", "r-2026-03-01", "t_acme", "r-7"),
        Map.of("platform", 41L, "t_acme", 7L),
        Optional.empty(),
        Optional.empty());
  }

  private void intended(
      String step, String call, String tool, String action, RunEvent.IdempotencyClass kind) {
    work(
        new RunEvent.ToolActionIntended(
            RUN,
            step,
            1,
            1,
            call,
            tool,
            action,
            CONNECTOR,
            tool + "-eu",
            tool + ".example.com",
            443,
            DIGEST,
            "ar1_" + "k".repeat(43),
            kind,
            1,
            12,
            "01900000-0000-7000-a000-000000000001",
            Map.of("number", "INC0048213", "text", markup),
            sealed(step + "/call/1"),
            Optional.empty()));
  }

  private void executed(String step, String call, RunEvent.Outcome outcome, int status) {
    work(
        new RunEvent.ToolActionExecuted(
            RUN,
            step,
            call,
            12,
            outcome,
            "",
            status,
            markup,
            1,
            status == 200,
            false,
            Optional.empty()));
  }

  private void said(
      String who, RunEvent.Verdict verdict, boolean closes, Optional<SealedRef> comment) {
    ledger.add(
        Kind.USER,
        who,
        Optional.of(RUN),
        new RunEvent.HumanGateDecisioned(
            RUN, "approve-write", verdict, who, "SLACK", DIGEST, closes, comment));
  }

  private void engine(Event event) {
    ledger.add(Kind.SERVICE, "engine", Optional.of(RUN), event);
  }

  private void work(Event event) {
    ledger.add(Kind.WORKER, WORKER, Optional.of(RUN), event);
  }

  private static Money usd(long nanos) {
    return new Money("USD", nanos);
  }

  private static SealedRef sealed(String ref) {
    return new SealedRef(ref, "5e".repeat(32), 4_096);
  }

  private static Instant at(String time) {
    return Instant.parse("2026-03-02T" + time + "Z");
  }
}

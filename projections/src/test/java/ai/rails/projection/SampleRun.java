package ai.rails.projection;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.Resolution;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.BudgetReserved;
import ai.rails.domain.run.RunEvent.BudgetSettled;
import ai.rails.domain.run.RunEvent.CallReconciled;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.ModelInvoked;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.run.Usage;

/// What happens in a run that asks a model (`classify`), skips `notify`, has its gate approved
/// (`review`) and then writes back (`write`).
public record SampleRun(String run) {
  static final String DIGEST = "d".repeat(64);
  static final Instant DEADLINE = Instant.parse("2026-03-02T16:00:00Z");
  private static final Instant LATER = Instant.parse("2026-03-02T12:30:00Z");

  public List<RunEvent> whole() {
    return List.of(
        triggered(),
        completed("notify", true, Map.of()),
        scheduled("classify", 1, Purpose.PERFORM, Optional.empty()),
        evaluated("classify", Effect.ALLOW),
        intended("classify", IdempotencyClass.M),
        new BudgetReserved(
            run,
            "classify",
            call("classify"),
            new Money("USD", 900),
            "prices-1",
            Optional.empty(),
            Optional.empty()),
        executed("classify", Outcome.SUCCESS),
        invoked("classify"),
        settled("classify", 700),
        completed("classify", false, Map.of("category", "network")),
        scheduled("review", 1, Purpose.PROPOSE, Optional.empty()),
        evaluated("review", Effect.REQUIRE_HITL),
        requested("review"),
        voted("review", Verdict.APPROVE, "bob", true),
        completed("review", false, Map.of("verdict", "APPROVE")),
        scheduled("write", 1, Purpose.PERFORM, Optional.empty()),
        failed("write", false),
        scheduled("write", 2, Purpose.PERFORM, Optional.of(LATER)),
        evaluated("write", Effect.ALLOW),
        intended("write", IdempotencyClass.N),
        executed("write", Outcome.AMBIGUOUS),
        new CallReconciled(run, "write", call("write"), Resolution.DONE, "carol"),
        completed("write", false, Map.of()),
        new RunCompleted(run, new Money("USD", 700)));
  }

  /// The events up to, and without, the first one of a type.
  public List<RunEvent> before(Class<? extends RunEvent> type) {
    return whole().stream().takeWhile(event -> !type.isInstance(event)).toList();
  }

  public RunTriggered triggered() {
    return new RunTriggered(
        run,
        "triage",
        "1.0.0",
        "sha256:" + DIGEST,
        "dev",
        "incident-created",
        "",
        "alice",
        Map.of("number", "INC-" + run, "priority", "2"),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  public StepScheduled scheduled(
      String step, int attempt, Purpose purpose, Optional<Instant> notBefore) {
    return new StepScheduled(run, step, attempt, 1, purpose, "NEEDS_MET", notBefore);
  }

  public StepCompleted completed(String step, boolean skipped, Map<String, String> disclosed) {
    return new StepCompleted(run, step, skipped ? 0 : 1, skipped, disclosed, Optional.empty());
  }

  public StepFailed failed(String step, boolean dead) {
    return new StepFailed(run, step, 1, "HTTP_503", Optional.empty(), dead);
  }

  public PolicyEvaluated evaluated(String step, Effect effect) {
    return new PolicyEvaluated(
        run,
        step,
        call(step),
        new Decision(
            "decision-%s-%s".formatted(run, step),
            "airails/tool_action/guarded",
            effect,
            List.of("tool.granted"),
            List.of(),
            "{\"amount\":2}",
            "a".repeat(64),
            Map.of("platform", "r1"),
            Map.of("platform", 7L),
            Optional.empty(),
            Optional.empty()));
  }

  public ToolActionIntended intended(String step, IdempotencyClass klass) {
    return new ToolActionIntended(
        run,
        step,
        1,
        1,
        call(step),
        "servicenow",
        "update-incident",
        "sha256:" + "c".repeat(64),
        "snow-dev",
        "dev.service-now.test",
        443,
        DIGEST,
        "key-1",
        klass,
        2,
        5,
        "decision-%s-%s".formatted(run, step),
        Map.of("urgency", "2"),
        new SealedRef(step + "/call/1", "e".repeat(64), 100),
        Optional.empty());
  }

  public ToolActionExecuted executed(String step, Outcome outcome) {
    return new ToolActionExecuted(
        run, step, call(step), 5, outcome, "CODE", 200, "req-1", 2, true, false, Optional.empty());
  }

  public ModelInvoked invoked(String step) {
    return new ModelInvoked(
        run,
        step,
        call(step),
        "openai",
        "gpt-1",
        "gpt-1-0001",
        new Usage(10, 1, 0, 5, 0),
        "prices-1",
        new Money("USD", 700));
  }

  public BudgetSettled settled(String step, long nanos) {
    return new BudgetSettled(
        run,
        step,
        call(step),
        new Money("USD", 900),
        new Money("USD", nanos),
        "prices-1",
        Optional.of(1_500L));
  }

  public HumanGateRequested requested(String gate) {
    return new HumanGateRequested(
        run,
        gate,
        "write",
        call("write"),
        DIGEST,
        List.of("risk.high"),
        Map.of("Urgency", "2"),
        "approver",
        1,
        "alice",
        "author",
        DEADLINE,
        false,
        List.of(),
        List.of());
  }

  public HumanGateDecisioned voted(String gate, Verdict verdict, String by, boolean closes) {
    return new HumanGateDecisioned(run, gate, verdict, by, "API", DIGEST, closes, Optional.empty());
  }

  public String call(String step) {
    return "call-%s-%s".formatted(run, step);
  }
}

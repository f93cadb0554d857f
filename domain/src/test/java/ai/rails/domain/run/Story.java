package ai.rails.domain.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.gate.Say;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.policy.Decision.Obligation;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.RunCommand.CompleteStep;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunCommand.ProposeCall;
import ai.rails.domain.run.RunCommand.RecordOutcome;
import ai.rails.domain.run.RunCommand.StartRun;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Call;
import ai.rails.domain.workflow.Step.Disclosed;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Kind;
import ai.rails.domain.workflow.Step.Retry;
import ai.rails.domain.workflow.Value;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.domain.workflow.Workflow.RunLimits;

/// Tells a run's story to the real rules: each command's events are folded before the next.
final class Story {
  static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  static final String DIGEST = "d".repeat(64);
  private static final Retry TWICE = new Retry(2, Duration.ofSeconds(10), Duration.ofMinutes(1));

  final List<RunEvent> told = new ArrayList<>();
  private final RunRules rules;
  Run run = Run.NEW;
  Instant now = NOON;

  Story(Step... steps) {
    Workflow workflow =
        new Workflow(
            "triage",
            "1.0.0",
            "Triage",
            "author",
            Map.of(),
            List.of(),
            Map.of(),
            List.of(steps),
            new RunLimits(Duration.ofHours(1), new Money("USD", 1_000_000_000)),
            Map.of(),
            Optional.empty(),
            Workflow.Workers.ANY);
    rules =
        new RunRules(
            (_, _) -> workflow, (cel, _, _) -> cel.equals("true") || cel.equals("!(false)"));
  }

  static Step tool(String id, String... needs) {
    return step(id, Kind.TOOL, Optional.empty(), Optional.empty(), needs);
  }

  /// A step that may ask another model instead.
  static Step model(String id) {
    Call one = call();
    Call other = new Call("other", one.action(), Map.of(), List.of());
    return step(
        id,
        Kind.AI,
        Optional.of(
            new Call(
                one.connector(), one.action(), one.parameters(), one.reveal(), List.of(other))),
        Optional.empty(),
        Optional.empty());
  }

  static Step undoable(String id, String... needs) {
    return step(id, Kind.TOOL, Optional.empty(), Optional.of(call()), needs);
  }

  static Step gate(String id, String forStep, int quorum, boolean card, String... needs) {
    Gate gate =
        new Gate(
            forStep,
            "approver",
            quorum,
            Duration.ofHours(4),
            Map.of(),
            card ? Optional.of(call()) : Optional.empty());
    return step(id, Kind.GATE, Optional.of(gate), Optional.empty(), needs);
  }

  static Step gate(String id, Gate gate, String... needs) {
    return step(id, Kind.GATE, Optional.of(gate), Optional.empty(), needs);
  }

  private static Call call() {
    return new Call(
        "servicenow",
        "update-incident",
        Map.of("urgency", new Value.Constant("2"), "impact", new Value.Constant("3")),
        List.of());
  }

  private static Step step(
      String id, Kind kind, Optional<Gate> gate, Optional<Call> undo, String... needs) {
    Optional<Call> made = kind == Kind.TOOL ? Optional.of(call()) : Optional.empty();
    return step(id, kind, made, gate, undo, needs);
  }

  private static Step step(
      String id,
      Kind kind,
      Optional<Call> call,
      Optional<Gate> gate,
      Optional<Call> undo,
      String... needs) {
    return new Step(
        id,
        kind,
        List.of(needs),
        Optional.empty(),
        Map.of("category", new Disclosed(new Field(Field.Type.ID, List.of()), "/category")),
        TWICE,
        Duration.ofSeconds(30),
        call,
        gate,
        List.of(),
        Optional.empty(),
        undo);
  }

  List<RunEvent> when(RunCommand command) {
    List<RunEvent> events = rules.decide(run, command, now);
    events.forEach(event -> run = rules.evolve(run, event));
    told.addAll(events);
    return events;
  }

  Story started() {
    when(start());
    return this;
  }

  static StartRun start() {
    return new StartRun(
        "t1",
        "r1",
        "triage",
        "1.0.0",
        "sha256:" + DIGEST,
        "dev",
        "incident-created",
        "k1",
        "requester",
        Map.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  StepState step(String id) {
    return run.step(id).orElseThrow();
  }

  FrozenCall frozen(String step, String digest, IdempotencyClass klass) {
    int group = run.step(step).map(StepState::attemptGroup).orElse(1);
    return new FrozenCall(
        CallId.of("t1", "r1", step, 0, group),
        step,
        0,
        "servicenow",
        "update-incident",
        "sha256:" + "c".repeat(64),
        "snow-dev",
        "dev.service-now.test",
        443,
        digest,
        klass,
        5,
        Map.of(),
        new SealedRef(step + "/call/" + group, "e".repeat(64), 100));
  }

  IntendCall intend(String step, IdempotencyClass klass, Decision decision) {
    return intend(step, DIGEST, klass, decision);
  }

  IntendCall intend(String step, String digest, IdempotencyClass klass, Decision decision) {
    StepState state = step(step);
    return new IntendCall(
        "t1",
        "r1",
        step,
        state.attempt(),
        state.attempt(),
        frozen(step, digest, klass),
        new Money("USD", 400_000_000),
        "prices-1",
        Optional.of(decision));
  }

  ProposeCall propose(String gate, String forStep, Decision decision) {
    return new ProposeCall(
        "t1",
        "r1",
        gate,
        step(gate).attempt(),
        frozen(forStep, DIGEST, IdempotencyClass.U),
        Map.of(),
        Optional.of(decision));
  }

  RecordOutcome outcome(String step, Outcome outcome, boolean retryable) {
    StepState state = step(step);
    return new RecordOutcome(
        "t1",
        "r1",
        step,
        state.attempt(),
        state.attempt(),
        CallId.of("t1", "r1", step, 0, state.attemptGroup()),
        outcome,
        outcome == Outcome.SUCCESS ? "OK" : "HTTP_503",
        retryable,
        Optional.empty(),
        200,
        "",
        1,
        true,
        false,
        Optional.empty(),
        Map.of());
  }

  CompleteStep complete(String step) {
    return new CompleteStep("t1", "r1", step, step(step).attempt(), Map.of(), Optional.empty());
  }

  /// Allows, executes and completes a tool step.
  Story does(String step) {
    when(intend(step, IdempotencyClass.U, decision(Effect.ALLOW)));
    when(outcome(step, Outcome.SUCCESS, false));
    when(complete(step));
    return this;
  }

  /// With the say of another person.
  static DecideGate decidesFor(String approver, List<String> roles, Say say) {
    return new DecideGate(
        "t1",
        "r1",
        "approve",
        Verdict.APPROVE,
        approver,
        roles,
        "API",
        DIGEST,
        Optional.empty(),
        Optional.of(say),
        Optional.empty());
  }

  static DecideGate signs(String approver, PasskeySignature signature) {
    return new DecideGate(
        "t1",
        "r1",
        "approve",
        Verdict.APPROVE,
        approver,
        List.of("approver"),
        "API",
        DIGEST,
        Optional.empty(),
        Optional.empty(),
        Optional.of(signature));
  }

  static DecideGate decides(String gate, Verdict verdict, String approver) {
    return new DecideGate(
        "t1", "r1", gate, verdict, approver, List.of("approver"), "API", DIGEST, Optional.empty());
  }

  static Decision decision(Effect effect) {
    return decision(effect, Optional.empty());
  }

  static Decision unavailable() {
    return decision(Effect.DENY, Optional.of("pdp_refused"));
  }

  private static Decision decision(Effect effect, Optional<String> unavailable) {
    return decision(
        effect,
        unavailable,
        effect == Effect.REQUIRE_HITL
            ? List.of(
                new Obligation(
                    Obligation.Type.HUMAN_APPROVAL, Map.of("quorum", "1", "ttl_s", "600")))
            : List.of());
  }

  static Decision demands(Effect effect, Map<String, String> duty) {
    Obligation.Type type =
        effect == Effect.REQUIRE_STEP_UP ? Obligation.Type.STEP_UP : Obligation.Type.HUMAN_APPROVAL;
    return decision(effect, Optional.empty(), List.of(new Obligation(type, duty)));
  }

  private static Decision decision(
      Effect effect, Optional<String> unavailable, List<Obligation> obligations) {
    return new Decision(
        "0190",
        "airails/tool_action/guarded",
        effect,
        List.of("because"),
        obligations,
        "{}",
        "a".repeat(64),
        Map.of(),
        Map.of(),
        unavailable,
        Optional.empty());
  }
}

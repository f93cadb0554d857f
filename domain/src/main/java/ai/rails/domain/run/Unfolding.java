package ai.rails.domain.run;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.Status;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunEvent.BudgetReserved;
import ai.rails.domain.run.RunEvent.BudgetSettled;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RollbackApplied;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunFailed;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.workflow.Conditions;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Kind;
import ai.rails.domain.workflow.Workflow;

/// The events that one command unfolds into, and the state after each of them. Used by one thread.
final class Unfolding {
  private final String tenant;
  private final Workflow workflow;
  private final Conditions conditions;
  private final Instant now;
  private final List<RunEvent> events = new ArrayList<>();
  private Run run;

  Unfolding(String tenant, Run run, Workflow workflow, Conditions conditions, Instant now) {
    this.tenant = tenant;
    this.run = run;
    this.workflow = workflow;
    this.conditions = conditions;
    this.now = now;
  }

  Run run() {
    return run;
  }

  String id() {
    return run.trigger().orElseThrow().run();
  }

  Workflow workflow() {
    return workflow;
  }

  Instant now() {
    return now;
  }

  List<RunEvent> events() {
    return List.copyOf(events);
  }

  Unfolding add(RunEvent event) {
    events.add(event);
    run = RunEvolution.evolve(run, event);
    return this;
  }

  /// The workflow step behind a step id; a card or an undo belongs to the step it is named after.
  Step definition(String stepId) {
    String base = stepId;
    for (String suffix : List.of(Step.CARD, Step.UNDO)) {
      if (base.endsWith(suffix)) {
        base = base.substring(0, base.length() - suffix.length());
      }
    }
    String wanted = base;
    return workflow
        .step(wanted)
        .orElseThrow(
            () -> new Refused(Code.NOT_FOUND, "run %s has no step %s".formatted(id(), stepId)));
  }

  /// The open attempt, which the caller claims to hold.
  StepState open(String stepId, int attempt) {
    StepState step =
        run.step(stepId)
            .orElseThrow(
                () -> new Refused(Code.NOT_FOUND, "run %s has no step %s".formatted(id(), stepId)));
    if (step.status() != StepStatus.SCHEDULED || step.attempt() != attempt) {
      throw new Refused(
          Code.STEP_NOT_OPEN,
          "attempt %d of step %s of run %s is not open: the step is %s at attempt %d"
              .formatted(attempt, stepId, id(), step.status(), step.attempt()));
    }
    return step;
  }

  void schedule(
      String stepId, Purpose purpose, int group, String reason, Optional<Instant> notBefore) {
    int attempt = run.step(stepId).map(StepState::attempt).orElse(0) + 1;
    add(new StepScheduled(id(), stepId, attempt, group, purpose, reason, notBefore));
  }

  /// Schedules every step whose needs are met, and ends the run when nothing is left.
  void advance() {
    if (run.status() == Status.COMPENSATING) {
      compensate();
      return;
    }
    boolean moved = true;
    while (moved) {
      moved = false;
      for (Step step : workflow.steps()) {
        if (run.step(step.id()).isEmpty() && step.needs().stream().allMatch(this::completed)) {
          begin(step);
          moved = true;
        }
      }
    }
    if (workflow.steps().stream().allMatch(step -> completed(step.id()))) {
      add(new RunCompleted(id(), cost()));
    }
  }

  /// Whether a condition over disclosed fields holds now.
  boolean holds(String condition) {
    return conditions.holds(condition, run.trigger().orElseThrow().inputs(), run.disclosed());
  }

  private void begin(Step step) {
    boolean wanted = step.when().isEmpty() || holds(step.when().get());
    if (wanted) {
      Purpose purpose = step.kind() == Kind.GATE ? Purpose.PROPOSE : Purpose.PERFORM;
      schedule(
          step.id(),
          purpose,
          Corrections.group(this, step.id()),
          Reasons.NEEDS_MET,
          Optional.empty());
    } else {
      add(new StepCompleted(id(), step.id(), 0, true, Map.of(), Optional.empty()));
    }
  }

  private boolean completed(String stepId) {
    return run.step(stepId).map(s -> s.status() == StepStatus.COMPLETED).orElse(false);
  }

  /// One attempt failed: the next is scheduled, or the step waits for a person, or the run ends.
  void fail(
      String stepId,
      String code,
      boolean retryable,
      Optional<Duration> atLeast,
      Optional<Purpose> next) {
    StepState step = run.steps().get(stepId);
    if (step == null) {
      throw new IllegalStateException("step %s was never scheduled".formatted(stepId));
    }
    boolean free = Reasons.NOT_COUNTED.contains(code);
    Step.Retry retry = definition(stepId).retry();
    if (retryable && (free || step.failures() + 1 < retry.attempts())) {
      Instant at = now.plus(later(backoff(retry, step.failures()), atLeast));
      add(new StepFailed(id(), stepId, step.attempt(), code, Optional.of(at), false));
      String reason = free ? code : Reasons.RETRY;
      int group = groupOf(stepId);
      Purpose purpose = next.filter(_ -> group == step.attemptGroup()).orElse(step.purpose());
      schedule(stepId, purpose, group, reason, Optional.of(at));
    } else if (retryable && !stepId.endsWith(Step.CARD)) {
      add(new StepFailed(id(), stepId, step.attempt(), code, Optional.empty(), true));
    } else {
      end(stepId, step, code);
    }
  }

  /// The next attempt's group: the same call is sent again. A model that has alternatives may be
  /// answered for by one of them, and so another call is frozen once this one has left.
  int groupOf(String stepId) {
    StepState step = run.step(stepId).orElseThrow();
    boolean another =
        definition(stepId).call().filter(call -> !call.alternatives().isEmpty()).isPresent()
            && callOf(stepId, step.attemptGroup())
                .flatMap(c -> c.getValue().intended())
                .isPresent();
    return another ? step.attemptGroup() + 1 : step.attemptGroup();
  }

  /// A limit is reached: the same attempt group is scheduled again, and nothing has failed.
  void hold(String stepId, String code, Duration wait) {
    StepState step = run.step(stepId).orElseThrow();
    Duration backoff = backoff(definition(stepId).retry(), step.failures());
    Instant at = now.plus(later(backoff, Optional.of(wait)));
    schedule(stepId, step.purpose(), step.attemptGroup(), code, Optional.of(at));
  }

  private void end(String stepId, StepState step, String code) {
    if (stepId.endsWith(Step.UNDO)) {
      add(new StepFailed(id(), stepId, step.attempt(), code, Optional.empty(), true));
      return;
    }
    add(new StepFailed(id(), stepId, step.attempt(), code, Optional.empty(), false));
    if (!stepId.endsWith(Step.CARD)) {
      compensate();
    }
  }

  private static Duration later(Duration backoff, Optional<Duration> atLeast) {
    return atLeast.filter(d -> d.compareTo(backoff) > 0).orElse(backoff);
  }

  private static Duration backoff(Step.Retry retry, int failures) {
    Duration wait = retry.backoff().multipliedBy(1L << Math.min(failures, 20));
    return wait.compareTo(retry.maxBackoff()) > 0 ? retry.maxBackoff() : wait;
  }

  /// Undoes completed effects, the latest first; then the run has failed.
  void compensate() {
    List<Step> reversed = workflow.steps().reversed();
    boolean undone = false;
    for (Step step : reversed) {
      Optional<StepState> undo = run.step(step.id() + Step.UNDO);
      if (undo.isPresent() && undo.get().status() != StepStatus.COMPLETED) {
        return;
      }
      undone |= undo.isPresent();
      if (step.compensate().isPresent() && undo.isEmpty() && hadEffect(step.id())) {
        schedule(step.id() + Step.UNDO, Purpose.UNDO, 1, Reasons.COMPENSATE, Optional.empty());
        return;
      }
    }
    chargeFlying();
    StepFailed why = run.failure().orElseThrow();
    add(new RunFailed(id(), why.step(), why.code(), undone, cost()));
  }

  /// Nobody will say what calls on their way have cost once the run is over: they are charged in
  /// full, so that nothing stays set aside for ever.
  private void chargeFlying() {
    new TreeMap<>(run.calls())
        .values()
        .forEach(call -> call.reserved().ifPresent(this::settleInFull));
  }

  void settleInFull(BudgetReserved reserved) {
    settle(reserved, reserved.amount(), "");
  }

  /// How long GPUs were held is known also where nobody knows what a call cost.
  void settle(BudgetReserved reserved, Money actual, String priceTable) {
    add(
        new BudgetSettled(
            id(),
            reserved.step(),
            reserved.callId(),
            reserved.amount(),
            actual,
            priceTable,
            reserved.gpu().map(gpu -> gpu.usedMillis(now))));
  }

  void undone(String stepId, String callId) {
    String compensated = stepId.substring(0, stepId.length() - Step.UNDO.length());
    add(new RollbackApplied(id(), stepId, compensated, callId));
  }

  private boolean hadEffect(String stepId) {
    return run.calls().values().stream()
        .anyMatch(call ->
            call.step().equals(stepId)
                && call.outcome().filter(o -> o == Outcome.SUCCESS).isPresent());
  }

  /// The newest call of a step.
  Optional<Map.Entry<String, CallState>> callOf(String stepId, int group) {
    String callId = CallId.of(tenant, id(), stepId, 0, group);
    return run.call(callId).map(call -> Map.entry(callId, call));
  }

  Money cost() {
    String currency = workflow.limits().cost().currency();
    return run.spent().getOrDefault(currency, Money.zero(currency));
  }
}

package ai.rails.domain.run;

import java.time.Instant;
import java.util.Optional;

import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.Run.StepState;

/// Why a step waits, and who or what can move it.
///
/// @param mover for example `role approver`, `policy decision point`, `operator: retry or cancel`
/// @param until when time moves it by itself
public record Waiting(
    String step, Reason reason, String code, String mover, Optional<Instant> until) {
  /// The kinds of waiting.
  public enum Reason {
    WORKER,
    GATE,
    RETRY,
    POLICY,
    THROTTLE,
    BUDGET,
    HUMAN_TASK,
    DEAD_LETTER
  }

  static Optional<Waiting> of(Run run, String id, StepState step) {
    return switch (step.status()) {
      case COMPLETED, FAILED -> Optional.empty();
      case AT_GATE -> Optional.of(atGate(run, id, step));
      case AMBIGUOUS ->
          Optional.of(
              new Waiting(
                  id,
                  Reason.HUMAN_TASK,
                  step.reason(),
                  "operator: say whether the call had its effect",
                  Optional.empty()));
      case DEAD ->
          Optional.of(
              new Waiting(
                  id,
                  Reason.DEAD_LETTER,
                  step.reason(),
                  "operator: retry or cancel",
                  Optional.empty()));
      case SCHEDULED -> Optional.of(scheduled(id, step));
    };
  }

  private static Waiting atGate(Run run, String id, StepState step) {
    Optional<GateState> gate = run.gate(id);
    return new Waiting(
        id,
        Reason.GATE,
        step.reason(),
        "role " + gate.map(GateState::role).orElse("approver"),
        gate.map(g -> g.request().expiresAt()));
  }

  private static Waiting scheduled(String id, StepState step) {
    return switch (step.reason()) {
      case Reasons.POLICY_UNAVAILABLE ->
          new Waiting(id, Reason.POLICY, step.reason(), "policy decision point", step.notBefore());
      case Reasons.THROTTLED,
          Reasons.OVER_RATE,
          Reasons.TOO_MANY_AT_ONCE,
          Reasons.BREAKER_OPEN,
          Reasons.RUNNER_AWAY ->
          new Waiting(id, Reason.THROTTLE, step.reason(), "time", step.notBefore());
      case Reasons.BUDGET_EXCEEDED ->
          new Waiting(
              id, Reason.BUDGET, step.reason(), "admin: raise the budget", step.notBefore());
      default ->
          step.notBefore().isPresent()
              ? new Waiting(id, Reason.RETRY, step.reason(), "time", step.notBefore())
              : new Waiting(id, Reason.WORKER, step.reason(), "a worker", Optional.empty());
    };
  }
}

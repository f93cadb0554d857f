package ai.rails.domain.run;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.Run.Status;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunEvent.BudgetReserved;
import ai.rails.domain.run.RunEvent.BudgetSettled;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.CallHeld;
import ai.rails.domain.run.RunEvent.CallReconciled;
import ai.rails.domain.run.RunEvent.EvidenceCaptured;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateEscalated;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.ModelInvoked;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RollbackApplied;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunFailed;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.domain.workflow.Step;

/// How a run's state follows from its events.
final class RunEvolution {
  private RunEvolution() {}

  static Run evolve(Run run, RunEvent event) {
    return switch (event) {
      case RunTriggered e ->
          new Run(
              Status.RUNNING,
              Optional.of(e),
              run.steps(),
              run.calls(),
              run.gates(),
              run.spent(),
              run.failure());
      case StepScheduled e -> scheduled(run, e);
      case StepCompleted e -> run.withStep(e.step(), completed(run, e));
      case StepFailed e -> failed(run, e);
      case PolicyEvaluated _, ModelInvoked _, EvidenceCaptured _, CallHeld _, RollbackApplied _ ->
          run;
      case HumanGateRequested e -> requested(run, e);
      case HumanGateDecisioned e -> decisioned(run, e);
      case HumanGateEscalated e ->
          run.gate(e.gate())
              .map(gate -> run.withGate(e.gate(), gate.escalated(e.role(), e.quorum(), e.level())))
              .orElse(run);
      case CallCorrected e ->
          run.gate(e.gate()).map(gate -> run.withGate(e.gate(), gate.corrected(e))).orElse(run);
      case ToolActionIntended e -> intended(run, e);
      case ToolActionExecuted e -> executed(run, e);
      case BudgetReserved e ->
          run.call(e.callId())
              .map(call -> run.withCall(e.callId(), reserved(call, Optional.of(e))))
              .orElse(run);
      case BudgetSettled e -> settled(run, e);
      case CallReconciled e ->
          e.resolution() == Resolution.DONE
              ? run.withCall(e.callId(), known(run, e.callId(), Outcome.SUCCESS))
              : run.withCall(e.callId(), known(run, e.callId(), Outcome.DEFINITE_FAILURE));
      case RunRetried e -> run.withStep(e.step(), StepState::forgiven);
      case RunCancelled _ -> run.with(Status.CANCELLED);
      case RunCompleted _ -> run.with(Status.COMPLETED);
      case RunFailed _ -> run.with(Status.FAILED);
    };
  }

  private static Run scheduled(Run run, StepScheduled e) {
    int failures = run.step(e.step()).map(StepState::failures).orElse(0);
    Run next = e.purpose() == Purpose.UNDO ? run.with(Status.COMPENSATING) : run;
    return next.withStep(
        e.step(),
        new StepState(
            StepStatus.SCHEDULED,
            e.attempt(),
            e.attemptGroup(),
            e.purpose(),
            failures,
            e.reason(),
            e.notBefore(),
            Map.of(),
            Optional.empty(),
            Optional.empty()));
  }

  private static StepState completed(Run run, StepCompleted e) {
    int group = run.step(e.step()).map(StepState::attemptGroup).orElse(1);
    Purpose purpose = run.step(e.step()).map(StepState::purpose).orElse(Purpose.PERFORM);
    return new StepState(
        StepStatus.COMPLETED,
        e.attempt(),
        group,
        purpose,
        0,
        e.skipped() ? "SKIPPED" : "DONE",
        Optional.empty(),
        e.disclosed(),
        e.output(),
        e.contentRun());
  }

  private static Run failed(Run run, StepFailed e) {
    StepStatus next = e.dead() ? StepStatus.DEAD : StepStatus.FAILED;
    boolean counted = !Reasons.NOT_COUNTED.contains(e.code());
    Run changed = run.withStep(e.step(), step -> step.failed(next, e.code(), counted));
    boolean last =
        next == StepStatus.FAILED && e.retryAt().isEmpty() && !e.step().endsWith(Step.CARD);
    return last && run.failure().isEmpty() ? changed.failing(e) : changed;
  }

  private static Run requested(Run run, HumanGateRequested e) {
    Optional<CallState> before = run.call(e.callId());
    CallState call =
        new CallState(
            e.forStep(),
            e.callDigest(),
            before.flatMap(CallState::intended),
            before.flatMap(CallState::outcome),
            before.map(CallState::ambiguities).orElse(0),
            before.flatMap(CallState::reserved));
    return run.withGate(e.gate(), GateState.of(e, run.gate(e.gate())))
        .withCall(e.callId(), call)
        .withStep(e.gate(), step -> step.at(StepStatus.AT_GATE, Reasons.GATE_REQUESTED));
  }

  private static Run decisioned(Run run, HumanGateDecisioned e) {
    GateState gate = run.gates().get(e.gate());
    if (gate == null) {
      return run;
    }
    Map<String, HumanGateDecisioned> approvals = new HashMap<>(gate.approvals());
    switch (e.verdict()) {
      case APPROVE -> approvals.put(e.approver(), e);
      case WITHDRAW -> approvals.remove(e.approver());
      case DENY, EXPIRE -> approvals.clear();
      case ASK_INFO, ANSWER_INFO -> {}
    }
    boolean open = gate.open() && !e.closes();
    return run.withGate(e.gate(), gate.with(open, approvals));
  }

  private static Run intended(Run run, ToolActionIntended e) {
    Optional<CallState> before = run.call(e.callId());
    return run.withCall(
        e.callId(),
        new CallState(
            e.step(),
            e.callDigest(),
            Optional.of(e),
            Optional.empty(),
            before.map(CallState::ambiguities).orElse(0),
            before.flatMap(CallState::reserved)));
  }

  private static Run executed(Run run, ToolActionExecuted e) {
    CallState call = run.calls().get(e.callId());
    if (call == null) {
      return run;
    }
    boolean unknown = e.outcome() == Outcome.AMBIGUOUS;
    CallState next =
        new CallState(
            call.step(),
            call.callDigest(),
            call.intended(),
            Optional.of(e.outcome()),
            call.ambiguities() + (unknown ? 1 : 0),
            call.reserved());
    Run changed = run.withCall(e.callId(), next);
    return unknown
        ? changed.withStep(e.step(), step -> step.at(StepStatus.AMBIGUOUS, e.code()))
        : changed;
  }

  private static Run settled(Run run, BudgetSettled e) {
    CallState call = run.calls().get(e.callId());
    Run changed = call == null ? run : run.withCall(e.callId(), reserved(call, Optional.empty()));
    return changed.withSpent(e.amount());
  }

  private static CallState reserved(CallState call, Optional<BudgetReserved> aside) {
    return new CallState(
        call.step(), call.callDigest(), call.intended(), call.outcome(), call.ambiguities(), aside);
  }

  private static CallState known(Run run, String callId, Outcome outcome) {
    CallState call = run.calls().get(callId);
    if (call == null) {
      throw new IllegalStateException("reconciled call %s was never intended".formatted(callId));
    }
    return new CallState(
        call.step(),
        call.callDigest(),
        call.intended(),
        Optional.of(outcome),
        call.ambiguities(),
        call.reserved());
  }
}

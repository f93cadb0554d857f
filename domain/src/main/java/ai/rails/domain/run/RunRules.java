package ai.rails.domain.run;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.Decider;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand.CancelRun;
import ai.rails.domain.run.RunCommand.CompleteStep;
import ai.rails.domain.run.RunCommand.CorrectCall;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.EscalateGate;
import ai.rails.domain.run.RunCommand.ExpireGate;
import ai.rails.domain.run.RunCommand.ExpireLease;
import ai.rails.domain.run.RunCommand.ExpireRun;
import ai.rails.domain.run.RunCommand.ExpireStep;
import ai.rails.domain.run.RunCommand.FailStep;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunCommand.ProposeCall;
import ai.rails.domain.run.RunCommand.RecordOutcome;
import ai.rails.domain.run.RunCommand.ResolveCall;
import ai.rails.domain.run.RunCommand.RetryRun;
import ai.rails.domain.run.RunCommand.StartRun;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.RunFailed;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Conditions;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Kind;
import ai.rails.domain.workflow.Workflow;

/// What happens next in a run. Only these rules retry, and only they end a run.
public final class RunRules implements Decider<RunCommand, Run, RunEvent> {
  private final Artifacts artifacts;
  private final Conditions conditions;

  public RunRules(Artifacts artifacts, Conditions conditions) {
    this.artifacts = artifacts;
    this.conditions = conditions;
  }

  @Override
  public Run initial() {
    return Run.NEW;
  }

  @Override
  public Run evolve(Run run, RunEvent event) {
    return RunEvolution.evolve(run, event);
  }

  @Override
  public List<RunEvent> decide(Run run, RunCommand command, Instant now) {
    if (command instanceof StartRun start) {
      return start(run, start, now);
    }
    RunTriggered trigger =
        run.trigger()
            .orElseThrow(
                () -> new Refused(Code.NOT_FOUND, "there is no run %s".formatted(command.run())));
    if (run.status().ended() && !idle(command)) {
      throw new Refused(
          Code.RUN_ENDED, "run %s has ended: it is %s".formatted(command.run(), run.status()));
    }
    Workflow workflow = artifacts.load(command.tenant(), trigger.artifactDigest());
    Unfolding unfolding = new Unfolding(command.tenant(), run, workflow, conditions, now);
    if (!run.status().ended()) {
      unfold(unfolding, command);
    }
    return unfolding.events();
  }

  /// Clocks may come late; they change nothing then.
  private static boolean idle(RunCommand command) {
    return command instanceof ExpireGate
        || command instanceof EscalateGate
        || command instanceof ExpireLease
        || command instanceof ExpireStep
        || command instanceof ExpireRun;
  }

  private static void unfold(Unfolding run, RunCommand command) {
    switch (command) {
      case StartRun _ -> throw new IllegalStateException("a run starts once");
      case ProposeCall c -> GateRequests.propose(run, c);
      case IntendCall c -> CallRules.intend(run, c);
      case RecordOutcome c -> CallRules.outcome(run, c);
      case CompleteStep c -> complete(run, c);
      case FailStep c -> failStep(run, c);
      case DecideGate c -> GateRules.decide(run, c);
      case CorrectCall c -> Corrections.correct(run, c);
      case ExpireGate c -> GateRules.expire(run, c);
      case EscalateGate c -> GateRules.escalate(run, c);
      case ExpireLease c -> CallRules.silent(run, c.step(), c.attempt(), Reasons.LEASE_EXPIRED);
      case ExpireStep c -> CallRules.silent(run, c.step(), c.attempt(), Reasons.STEP_TIMEOUT);
      case ExpireRun _ -> expire(run);
      case CancelRun c -> cancel(run, c);
      case RetryRun c -> retry(run, c);
      case ResolveCall c -> CallRules.resolve(run, c);
    }
  }

  private List<RunEvent> start(Run run, StartRun c, Instant now) {
    if (run.trigger().isPresent()) {
      return List.of();
    }
    c.inputs().forEach(CallChecks::checkDisclosed);
    checkInherited(c);
    Workflow workflow = artifacts.load(c.tenant(), c.artifactDigest());
    Unfolding unfolding = new Unfolding(c.tenant(), run, workflow, conditions, now);
    unfolding.add(
        new RunTriggered(
            c.run(),
            c.workflow(),
            c.version(),
            c.artifactDigest(),
            c.environment(),
            c.trigger(),
            c.dedupeKey(),
            c.requester(),
            c.inputs(),
            c.sealedInputs(),
            c.forkOf(),
            c.forkStep()));
    for (Step step : workflow.steps()) {
      Optional.ofNullable(c.inherited().get(step.id()))
          .ifPresent(result ->
              unfolding.add(
                  new StepCompleted(
                      c.run(),
                      step.id(),
                      0,
                      false,
                      result.disclosed(),
                      result.output(),
                      result.contentRun())));
    }
    unfolding.advance();
    return unfolding.events();
  }

  /// What a fork takes over stays sealed to the run that made it, and says so.
  private static void checkInherited(StartRun c) {
    c.inherited()
        .forEach((step, result) -> {
          boolean named = result.output().isPresent() == result.contentRun().isPresent();
          if (!named || c.forkOf().isEmpty()) {
            throw new Refused(
                Code.INVALID,
                "step %s is taken over without saying from which run".formatted(step));
          }
        });
  }

  private static void complete(Unfolding run, CompleteStep c) {
    Optional<StepState> before = run.run().step(c.step());
    boolean told =
        before.isPresent()
            && before.get().status() == StepStatus.COMPLETED
            && before.get().attempt() == c.attempt();
    if (told) {
      return;
    }
    StepState step = run.open(c.step(), c.attempt());
    Step definition = run.definition(c.step());
    boolean inner = !definition.id().equals(c.step());
    if (definition.kind() == Kind.GATE && !inner) {
      throw new Refused(
          Code.INVALID, "gate %s is completed by a person, not a worker".formatted(c.step()));
    }
    checkDisclosed(c, inner ? Map.of() : definition.disclose());
    if (inner || definition.call().isPresent()) {
      checkEffect(run, c, step.attemptGroup());
    }
    run.add(new StepCompleted(run.id(), c.step(), c.attempt(), false, c.disclosed(), c.output()));
    if (step.purpose() == Purpose.UNDO || c.step().endsWith(Step.UNDO)) {
      run.undone(c.step(), run.callOf(c.step(), step.attemptGroup()).orElseThrow().getKey());
    }
    if (!c.step().endsWith(Step.CARD)) {
      run.advance();
    }
  }

  private static void checkDisclosed(CompleteStep c, Map<String, Step.Disclosed> declared) {
    c.disclosed()
        .forEach((name, value) -> {
          if (!declared.containsKey(name)) {
            throw new Refused(
                Code.INVALID, "step %s does not disclose %s".formatted(c.step(), name));
          }
          CallChecks.checkDisclosed(name, value);
        });
  }

  private static void checkEffect(Unfolding run, CompleteStep c, int group) {
    Optional<CallState> call = run.callOf(c.step(), group).map(Map.Entry::getValue);
    if (call.flatMap(CallState::outcome).filter(o -> o == Outcome.SUCCESS).isEmpty()) {
      throw new Refused(
          Code.CALL_NOT_INTENDED,
          "step %s can not be completed: its call has no successful outcome".formatted(c.step()));
    }
  }

  private static void failStep(Unfolding run, FailStep c) {
    run.open(c.step(), c.attempt());
    if (!c.retryable() && Corrections.takenBack(run, c.step(), c.code())) {
      return;
    }
    run.fail(c.step(), c.code(), c.retryable(), Optional.empty(), Optional.empty());
  }

  private static void expire(Unfolding run) {
    if (flying(run).isEmpty()) {
      run.add(new RunFailed(run.id(), "", Reasons.RUN_DEADLINE, false, run.cost()));
    }
  }

  private static Optional<String> flying(Unfolding run) {
    return run.run().calls().entrySet().stream()
        .filter(call -> call.getValue().inFlight())
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static void cancel(Unfolding run, CancelRun c) {
    flying(run)
        .ifPresent(call -> {
          throw new Refused(
              Code.CALL_ALREADY_INTENDED,
              "call %s of run %s is on its way; cancel again when its outcome is known"
                  .formatted(call, run.id()));
        });
    run.add(new RunCancelled(run.id(), c.by(), c.reason()));
  }

  private static void retry(Unfolding run, RetryRun c) {
    List<String> steps =
        run.run().steps().entrySet().stream()
            .filter(e -> c.step().isEmpty() || c.step().get().equals(e.getKey()))
            .filter(e -> waits(e.getValue()))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    boolean ambiguous =
        run.run().steps().entrySet().stream()
            .filter(e -> c.step().isEmpty() || c.step().get().equals(e.getKey()))
            .anyMatch(e -> e.getValue().status() == StepStatus.AMBIGUOUS);
    if (steps.isEmpty()) {
      throw new Refused(
          ambiguous ? Code.NEEDS_RUN_AGAIN : Code.NOTHING_TO_RETRY,
          ambiguous
              ? "run %s has a call that may have had its effect; resolve it first"
                  .formatted(run.id())
              : "no step of run %s waits for a retry".formatted(run.id()));
    }
    for (String id : steps) {
      StepState step = run.run().step(id).orElseThrow();
      run.add(new RunRetried(run.id(), id, c.by()));
      run.schedule(id, step.purpose(), run.groupOf(id), Reasons.OPERATOR_RETRY, Optional.empty());
    }
  }

  private static boolean waits(StepState step) {
    return step.status() == StepStatus.DEAD
        || (step.status() == StepStatus.SCHEDULED && step.notBefore().isPresent());
  }
}

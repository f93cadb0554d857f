package ai.rails.domain.run;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunCommand.RecordOutcome;
import ai.rails.domain.run.RunCommand.ResolveCall;
import ai.rails.domain.run.RunEvent.BudgetReserved;
import ai.rails.domain.run.RunEvent.CallHeld;
import ai.rails.domain.run.RunEvent.CallReconciled;
import ai.rails.domain.run.RunEvent.EvidenceCaptured;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.ModelInvoked;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;

/// When a call may leave, and what follows from what became of it: the tool-call protocol.
final class CallRules {
  private CallRules() {}

  static void intend(Unfolding run, IntendCall command) {
    StepState step = run.open(command.step(), command.attempt());
    FrozenCall call = command.call();
    if (!call.step().equals(command.step())) {
      throw new Refused(
          Code.INVALID,
          "call %s belongs to step %s, not %s"
              .formatted(call.callId(), call.step(), command.step()));
    }
    CallChecks.checkNames(command.tenant(), run, call, step.attemptGroup());
    CallChecks.checkFrozen(run, call);
    Corrections.checkRendered(run, command.step(), call);
    if (command.hold().isPresent()) {
      hold(run, command, command.hold().get());
      return;
    }
    Decision decision = command.decision().orElseThrow();
    run.add(new PolicyEvaluated(run.id(), command.step(), call.callId(), decision));
    switch (decision.effect()) {
      case ALLOW -> leave(run, command, step, decision);
      case ROUTE -> {
        switch (Routing.of(call, command.routes(), decision)) {
          case HERE -> leave(run, command, step, decision);
          case ELSEWHERE -> elsewhere(run, command, decision);
          case NOWHERE -> refuse(run, command.step(), decision);
        }
      }
      case REQUIRE_HITL, REQUIRE_STEP_UP -> GateRequests.stopAtGate(run, command, decision);
      case THROTTLE, DENY -> refuse(run, command.step(), decision);
    }
  }

  /// Nothing leaves, and the attempt stays open for the call that the route asks for. One that was
  /// approved is frozen for good: what was approved is what runs, or nothing does.
  private static void elsewhere(Unfolding run, IntendCall command, Decision decision) {
    if (run.run().call(command.call().callId()).isPresent()) {
      refuse(run, command.step(), decision);
    }
  }

  private static void hold(Unfolding run, IntendCall command, Hold hold) {
    command
        .decision()
        .ifPresent(decision ->
            run.add(
                new PolicyEvaluated(run.id(), command.step(), command.call().callId(), decision)));
    run.add(new CallHeld(run.id(), command.step(), command.call().callId(), hold));
    run.hold(command.step(), hold.code(), Duration.ofMillis(hold.waitMillis()));
  }

  private static void leave(Unfolding run, IntendCall command, StepState step, Decision decision) {
    FrozenCall call = command.call();
    Money cap = run.workflow().limits().cost();
    Optional<BudgetReserved> reserved = run.run().call(call.callId()).flatMap(CallState::reserved);
    Money more = reserved.isPresent() ? Money.zero(cap.currency()) : command.estimate();
    if (run.run().committed(cap.currency()).plus(more).nanos() > cap.nanos()) {
      run.fail(command.step(), Reasons.RUN_COST_CAP, false, Optional.empty(), Optional.empty());
      return;
    }
    run.add(
        new ToolActionIntended(
            run.id(),
            command.step(),
            command.attempt(),
            step.attemptGroup(),
            call.callId(),
            call.tool(),
            call.action(),
            call.connectorDigest(),
            call.instance(),
            call.host(),
            call.port(),
            call.callDigest(),
            CallId.idempotencyKey(
                command.tenant(),
                run.id(),
                call.step(),
                call.actionIndex(),
                step.attemptGroup(),
                call.callDigest()),
            call.idempotencyClass(),
            call.requests(),
            command.epoch(),
            decision.decisionId(),
            call.parameters(),
            call.frozen(),
            command.runner()));
    if (reserved.isEmpty() && call.idempotencyClass() == IdempotencyClass.M) {
      run.add(
          new BudgetReserved(
              run.id(),
              command.step(),
              call.callId(),
              command.estimate(),
              command.priceTable(),
              command.tokens(),
              command.gpu()));
    }
  }

  /// What follows when policy does not let a call leave and no person can change that.
  static void refuse(Unfolding run, String step, Decision decision) {
    boolean later = decision.unavailable().isPresent() || decision.effect() == Effect.THROTTLE;
    if (!later && Corrections.takenBack(run, step, Reasons.POLICY_DENIED)) {
      return;
    }
    if (decision.unavailable().isPresent()) {
      run.fail(step, Reasons.POLICY_UNAVAILABLE, true, Optional.empty(), Optional.empty());
    } else if (decision.effect() == Effect.THROTTLE) {
      Optional<Duration> wait = decision.retryAfterMillis().map(Duration::ofMillis);
      run.fail(step, Reasons.THROTTLED, true, wait, Optional.empty());
    } else {
      String code =
          switch (decision.effect()) {
            case ROUTE -> Reasons.ROUTE_UNAVAILABLE;
            case ALLOW, REQUIRE_HITL, REQUIRE_STEP_UP, THROTTLE, DENY -> Reasons.POLICY_DENIED;
          };
      run.fail(step, code, false, Optional.empty(), Optional.empty());
    }
  }

  static void outcome(Unfolding run, RecordOutcome command) {
    CallState call =
        run.run()
            .call(command.callId())
            .filter(c -> c.intended().isPresent())
            .orElseThrow(() ->
                new Refused(
                    Code.CALL_NOT_INTENDED,
                    "call %s was never intended".formatted(command.callId())));
    ToolActionIntended intended = call.intended().orElseThrow();
    boolean told = call.outcome().isPresent() && intended.epoch() == command.epoch();
    if (told && call.outcome().get() == command.outcome()) {
      return;
    }
    run.open(command.step(), command.attempt());
    if (intended.epoch() != command.epoch() || told) {
      throw new Refused(
          Code.STALE_LEASE,
          "call %s is intended under epoch %d, not %d"
              .formatted(command.callId(), intended.epoch(), command.epoch()));
    }
    record(run, command, call, intended.runner());
    follow(run, command, intended.idempotencyClass());
  }

  private static void record(
      Unfolding run, RecordOutcome c, CallState call, Optional<String> runner) {
    run.add(
        new ToolActionExecuted(
            run.id(),
            c.step(),
            c.callId(),
            c.epoch(),
            c.outcome(),
            c.code(),
            c.httpStatus(),
            c.vendorRef(),
            c.requests(),
            c.verified(),
            c.adopted(),
            runner));
    c.model()
        .ifPresent(m ->
            run.add(
                new ModelInvoked(
                    run.id(),
                    c.step(),
                    c.callId(),
                    m.provider(),
                    m.model(),
                    m.responseModel(),
                    m.usage(),
                    m.priceTable(),
                    m.cost())));
    for (Map.Entry<String, SealedRef> e : new TreeMap<>(c.evidence()).entrySet()) {
      run.add(new EvidenceCaptured(run.id(), c.step(), c.callId(), e.getKey(), e.getValue()));
    }
    call.reserved().ifPresent(reserved -> settle(run, c, reserved));
  }

  /// An ambiguous call is charged in full: the other side may have charged for it.
  private static void settle(Unfolding run, RecordOutcome c, BudgetReserved reserved) {
    Money aside = reserved.amount();
    Money unknown = c.outcome() == Outcome.AMBIGUOUS ? aside : Money.zero(aside.currency());
    Money actual = c.model().map(RunCommand.ModelUse::cost).orElse(unknown);
    run.settle(reserved, actual, c.model().map(RunCommand.ModelUse::priceTable).orElse(""));
  }

  private static void follow(Unfolding run, RecordOutcome c, IdempotencyClass klass) {
    switch (c.outcome()) {
      case SUCCESS -> {}
      case DEFINITE_FAILURE ->
          run.fail(
              c.step(),
              c.code(),
              c.retryable(),
              c.retryAfterMillis().map(Duration::ofMillis),
              Optional.empty());
      case AMBIGUOUS ->
          ambiguous(run, c.step(), c.code(), klass, c.retryAfterMillis().map(Duration::ofMillis));
    }
  }

  private static void ambiguous(
      Unfolding run, String step, String code, IdempotencyClass klass, Optional<Duration> atLeast) {
    boolean again =
        switch (klass) {
          case K, U, Q -> true;
          case M -> ambiguities(run, step) < 2;
          case N -> false;
        };
    if (again) {
      run.fail(step, code, true, atLeast, Optional.of(recovery(run, step)));
    } else if (klass == IdempotencyClass.M) {
      run.fail(step, code, false, Optional.empty(), Optional.empty());
    }
  }

  /// A model is asked again once when nobody knows what it used, whichever answered before.
  private static int ambiguities(Unfolding run, String step) {
    return run.run().calls().values().stream()
        .filter(call -> call.step().equals(step))
        .mapToInt(CallState::ambiguities)
        .sum();
  }

  private static Purpose recovery(Unfolding run, String step) {
    Purpose now = run.run().steps().containsKey(step) ? purpose(run, step) : Purpose.PERFORM;
    return now == Purpose.PERFORM ? Purpose.RECOVER : now;
  }

  private static Purpose purpose(Unfolding run, String step) {
    return run.run().step(step).orElseThrow().purpose();
  }

  /// A worker went silent, or its time is over. Whatever it had intended is ambiguous.
  static void silent(Unfolding run, String stepId, int attempt, String code) {
    Optional<StepState> step = run.run().step(stepId);
    boolean open =
        step.isPresent()
            && step.get().status() == StepStatus.SCHEDULED
            && step.get().attempt() == attempt;
    if (!open) {
      return;
    }
    Optional<Map.Entry<String, CallState>> flying =
        run.callOf(stepId, step.get().attemptGroup()).filter(c -> c.getValue().inFlight());
    if (flying.isEmpty()) {
      run.fail(stepId, code, true, Optional.empty(), Optional.empty());
      return;
    }
    ToolActionIntended intended = flying.get().getValue().intended().orElseThrow();
    run.add(
        new ToolActionExecuted(
            run.id(),
            stepId,
            flying.get().getKey(),
            intended.epoch(),
            Outcome.AMBIGUOUS,
            code,
            0,
            "",
            0,
            false,
            false,
            intended.runner()));
    flying.get().getValue().reserved().ifPresent(run::settleInFull);
    ambiguous(run, stepId, code, intended.idempotencyClass(), Optional.empty());
  }

  static void resolve(Unfolding run, ResolveCall command) {
    CallState call =
        run.run()
            .call(command.callId())
            .orElseThrow(() ->
                new Refused(
                    Code.NOT_FOUND, "run %s has no call %s".formatted(run.id(), command.callId())));
    StepState step = run.run().step(call.step()).orElseThrow();
    if (step.status() != StepStatus.AMBIGUOUS) {
      throw new Refused(
          Code.CALL_NOT_AMBIGUOUS,
          "call %s of step %s waits for nobody's word".formatted(command.callId(), call.step()));
    }
    run.add(
        new CallReconciled(
            run.id(), call.step(), command.callId(), command.resolution(), command.by()));
    switch (command.resolution()) {
      case DONE -> {
        run.add(
            new StepCompleted(
                run.id(), call.step(), step.attempt(), false, Map.of(), Optional.empty()));
        run.advance();
      }
      case NOT_DONE ->
          run.fail(call.step(), Reasons.CALL_NOT_DONE, false, Optional.empty(), Optional.empty());
      case RUN_AGAIN ->
          run.schedule(
              call.step(),
              step.purpose() == Purpose.RECOVER ? Purpose.PERFORM : step.purpose(),
              Corrections.nextGroup(run.run(), call.step()),
              Reasons.RUN_AGAIN,
              Optional.empty());
    }
  }
}

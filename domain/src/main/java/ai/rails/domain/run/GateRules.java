package ai.rails.domain.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Obligation;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.ExpireGate;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunCommand.ProposeCall;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.workflow.Step;

/// Who decides about a frozen call, and what follows.
final class GateRules {
  private static final Duration DEFAULT_EXPIRY = Duration.ofMinutes(30);
  private static final String APPROVER = "approver";
  private static final String AUDITOR = "auditor";

  private GateRules() {}

  /// A gate step froze the call of the step behind it.
  static void propose(Unfolding run, ProposeCall command) {
    StepState step = run.open(command.step(), command.attempt());
    Step.Gate gate =
        run.definition(command.step())
            .gate()
            .orElseThrow(
                () -> new Refused(Code.INVALID, "step %s is no gate".formatted(command.step())));
    if (step.purpose() != Purpose.PROPOSE || !gate.forStep().equals(command.call().step())) {
      throw new Refused(
          Code.INVALID,
          "gate %s guards the call of step %s".formatted(command.step(), gate.forStep()));
    }
    CallRules.checkNames(command.tenant(), run, command.call(), 1);
    command.display().forEach(CallRules::checkDisclosed);
    Decision decision = command.decision().orElseThrow();
    run.add(new PolicyEvaluated(run.id(), command.step(), command.call().callId(), decision));
    if (!mayBeAsked(run, command.call(), decision)) {
      CallRules.refuse(run, command.step(), decision);
      return;
    }
    request(
        run,
        command.step(),
        command.call(),
        decision,
        command.display(),
        gate.role(),
        Math.max(gate.quorum(), quorum(decision)),
        run.now().plus(gate.expires()));
    if (gate.card().isPresent()) {
      run.schedule(
          command.step() + Step.CARD, Purpose.CARD, 1, Reasons.GATE_REQUESTED, Optional.empty());
    }
  }

  private static boolean mayBeAsked(Unfolding run, FrozenCall call, Decision decision) {
    return switch (decision.effect()) {
      case ALLOW, REQUIRE_HITL -> true;
      case ROUTE -> Routing.isPinned(run.workflow(), call, decision);
      case REQUIRE_STEP_UP, THROTTLE, DENY -> false;
    };
  }

  /// Policy wants a person to see a call that no gate step guards, or not yet well enough.
  static void stopAtGate(Unfolding run, IntendCall command, Decision decision) {
    FrozenCall call = command.call();
    Optional<GateState> own = run.run().gate(command.step());
    boolean approvedBefore =
        own.isPresent()
            && own.get().request().callDigest().equals(call.callDigest())
            && !own.get().approvals().isEmpty();
    if (approvedBefore) {
      run.fail(
          command.step(), Reasons.APPROVAL_NOT_ENOUGH, false, Optional.empty(), Optional.empty());
      return;
    }
    Map<String, String> duty = duty(decision);
    request(
        run,
        command.step(),
        call,
        decision,
        call.parameters(),
        duty.getOrDefault("role", APPROVER),
        quorum(decision),
        run.now().plus(expiry(duty)));
  }

  private static void request(
      Unfolding run,
      String gate,
      FrozenCall call,
      Decision decision,
      Map<String, String> display,
      String role,
      int quorum,
      Instant expiresAt) {
    RunTriggered trigger = run.run().trigger().orElseThrow();
    run.add(
        new HumanGateRequested(
            run.id(),
            gate,
            call.step(),
            call.callId(),
            call.callDigest(),
            decision.reasons(),
            display,
            role,
            quorum,
            trigger.requester(),
            run.workflow().author(),
            expiresAt));
  }

  private static Map<String, String> duty(Decision decision) {
    return decision.obligations().stream()
        .filter(o -> o.type() == Obligation.Type.HUMAN_APPROVAL)
        .findFirst()
        .map(Obligation::parameters)
        .orElse(Map.of());
  }

  private static int quorum(Decision decision) {
    return number(duty(decision).get("quorum")).map(Long::intValue).orElse(1);
  }

  private static Duration expiry(Map<String, String> duty) {
    return number(duty.get("ttl_s")).map(Duration::ofSeconds).orElse(DEFAULT_EXPIRY);
  }

  private static Optional<Long> number(@Nullable String text) {
    return text == null || !text.matches("\\d{1,9}")
        ? Optional.empty()
        : Optional.of(Long.parseLong(text));
  }

  static void decide(Unfolding run, DecideGate command) {
    GateState gate =
        run.run()
            .gate(command.gate())
            .orElseThrow(() ->
                new Refused(
                    Code.NOT_FOUND, "run %s has no gate %s".formatted(run.id(), command.gate())));
    check(run, gate, command);
    switch (command.verdict()) {
      case APPROVE -> approve(run, gate, command);
      case DENY -> {
        run.add(decision(run, command, true));
        close(run, gate, command.gate(), command.approver(), Reasons.GATE_DENIED);
      }
      case ASK_INFO, ANSWER_INFO -> run.add(decision(run, command, false));
      case WITHDRAW -> withdraw(run, gate, command);
      case EXPIRE ->
          throw new Refused(
              Code.INVALID, "only time lets gate %s expire".formatted(command.gate()));
    }
  }

  private static void check(Unfolding run, GateState gate, DecideGate command) {
    boolean withdraws = command.verdict() == Verdict.WITHDRAW;
    if (!gate.open() && !withdraws) {
      throw new Refused(
          Code.GATE_NOT_OPEN,
          "gate %s of run %s has been decided".formatted(command.gate(), run.id()));
    }
    if (!run.now().isBefore(gate.request().expiresAt())) {
      throw new Refused(
          Code.GATE_EXPIRED,
          "gate %s of run %s expired at %s"
              .formatted(command.gate(), run.id(), gate.request().expiresAt()));
    }
    if (!gate.request().callDigest().equals(command.callDigest())) {
      throw new Refused(
          Code.DIGEST_DIFFERS,
          "gate %s is about call digest %s, not %s; look at it again"
              .formatted(command.gate(), gate.request().callDigest(), command.callDigest()));
    }
    if (command.verdict() != Verdict.ANSWER_INFO) {
      checkDuties(gate.request(), command);
    }
  }

  /// Separation of duties: who asked, who wrote the workflow and who audits may not decide.
  private static void checkDuties(HumanGateRequested request, DecideGate command) {
    if (command.approver().equals(request.requester())) {
      throw new Refused(
          Code.REQUESTER_MAY_NOT_APPROVE,
          "%s started the run and may not decide; ask another approver"
              .formatted(command.approver()));
    }
    if (command.approver().equals(request.author())) {
      throw new Refused(
          Code.AUTHOR_MAY_NOT_APPROVE,
          "%s wrote the workflow and may not decide; ask another approver"
              .formatted(command.approver()));
    }
    if (!command.roles().contains(request.role()) || command.roles().contains(AUDITOR)) {
      throw new Refused(
          Code.NOT_AN_APPROVER,
          "%s may not decide: that takes role %s and not role %s"
              .formatted(command.approver(), request.role(), AUDITOR));
    }
  }

  private static void approve(Unfolding run, GateState gate, DecideGate command) {
    if (gate.approvals().containsKey(command.approver())) {
      throw new Refused(
          Code.ALREADY_VOTED,
          "%s approved gate %s before; another approver is needed"
              .formatted(command.approver(), command.gate()));
    }
    boolean enough = gate.approvals().size() + 1 >= gate.request().quorum();
    run.add(decision(run, command, enough));
    if (!enough) {
      return;
    }
    if (gate.request().forStep().equals(command.gate())) {
      StepState step = run.run().step(command.gate()).orElseThrow();
      run.schedule(
          command.gate(), Purpose.PERFORM, step.attemptGroup(), Reasons.APPROVED, Optional.empty());
    } else {
      int attempt = run.run().step(command.gate()).orElseThrow().attempt();
      run.add(
          new StepCompleted(
              run.id(),
              command.gate(),
              attempt,
              false,
              Map.of("verdict", Verdict.APPROVE.name()),
              Optional.empty()));
      run.advance();
    }
  }

  private static void withdraw(Unfolding run, GateState gate, DecideGate command) {
    if (!gate.approvals().containsKey(command.approver())) {
      throw new Refused(
          Code.GATE_NOT_OPEN,
          "%s has no approval of gate %s to withdraw"
              .formatted(command.approver(), command.gate()));
    }
    boolean intended =
        run.run().call(gate.request().callId()).flatMap(CallState::intended).isPresent();
    if (intended) {
      throw new Refused(
          Code.CALL_ALREADY_INTENDED,
          "the call of gate %s is on its way; it can no longer be withdrawn"
              .formatted(command.gate()));
    }
    run.add(decision(run, command, false));
  }

  private static HumanGateDecisioned decision(Unfolding run, DecideGate command, boolean closes) {
    return new HumanGateDecisioned(
        run.id(),
        command.gate(),
        command.verdict(),
        command.approver(),
        command.channel(),
        command.callDigest(),
        closes,
        command.comment());
  }

  static void expire(Unfolding run, ExpireGate command) {
    Optional<GateState> gate = run.run().gate(command.gate()).filter(GateState::open);
    if (gate.isEmpty() || run.now().isBefore(gate.get().request().expiresAt())) {
      return;
    }
    run.add(
        new HumanGateDecisioned(
            run.id(),
            command.gate(),
            Verdict.EXPIRE,
            "timer",
            "TIMER",
            gate.get().request().callDigest(),
            true,
            Optional.empty()));
    close(run, gate.get(), command.gate(), "timer", Reasons.GATE_EXPIRED);
  }

  /// A no ends the run; what was done before is undone where the workflow says how.
  private static void close(
      Unfolding run, GateState gate, String gateId, String by, String reason) {
    int attempt = run.run().step(gateId).orElseThrow().attempt();
    run.add(new StepFailed(run.id(), gateId, attempt, reason, Optional.empty(), false));
    List<Step> undoable =
        run.workflow().steps().stream()
            .filter(s -> s.compensate().isPresent())
            .filter(s -> !s.id().equals(gate.request().forStep()))
            .filter(s -> run.run().step(s.id()).isPresent())
            .toList();
    if (undoable.isEmpty()) {
      run.add(new RunCancelled(run.id(), by, reason));
    } else {
      run.compensate();
    }
  }
}

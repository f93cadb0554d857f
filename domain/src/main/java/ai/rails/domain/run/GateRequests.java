package ai.rails.domain.run;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.gate.Escalation;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.policy.Decision.Obligation;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunCommand.ProposeCall;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Tier;

/// Who is asked about a frozen call: by the workflow's gate, or because policy wants it.
final class GateRequests {
  private static final Duration DEFAULT_EXPIRY = Duration.ofMinutes(30);
  private static final String APPROVER = "approver";
  private static final String APART = "apart";

  private GateRequests() {}

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
    CallChecks.checkNames(command.tenant(), run, command.call(), step.attemptGroup());
    Corrections.checkRendered(run, command.step(), command.call());
    command.display().forEach(CallChecks::checkDisclosed);
    Decision decision = command.decision().orElseThrow();
    run.add(new PolicyEvaluated(run.id(), command.step(), command.call().callId(), decision));
    if (!mayBeAsked(command, decision)) {
      CallRules.refuse(run, command.step(), decision);
      return;
    }
    request(
        run,
        command.step(),
        command.call(),
        decision,
        command.display(),
        asked(run, gate, decision));
    if (gate.card().isPresent() && shown(run.run(), command.step())) {
      run.schedule(
          command.step() + Step.CARD,
          Purpose.CARD,
          step.attemptGroup(),
          Reasons.GATE_REQUESTED,
          Optional.empty());
    }
  }

  /// A card that is still on its way shows the call that is asked about when it gets there.
  private static boolean shown(Run run, String gate) {
    boolean asked = run.gate(gate).filter(GateState::open).isPresent();
    Optional<StepStatus> card = run.step(gate + Step.CARD).map(StepState::status);
    return asked
        && (card.isEmpty()
            || card.get() == StepStatus.COMPLETED
            || card.get() == StepStatus.FAILED);
  }

  private static boolean mayBeAsked(ProposeCall command, Decision decision) {
    return switch (decision.effect()) {
      case ALLOW, REQUIRE_HITL, REQUIRE_STEP_UP -> true;
      case ROUTE -> Routing.of(command.call(), command.routes(), decision) == Routing.Way.HERE;
      case THROTTLE, DENY -> false;
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
    request(run, command.step(), call, decision, call.parameters(), asked(run, decision));
  }

  private static void request(
      Unfolding run,
      String gate,
      FrozenCall call,
      Decision decision,
      Map<String, String> display,
      Asked asked) {
    RunTriggered trigger = run.run().trigger().orElseThrow();
    Optional<CallCorrected> correction = run.run().correction(gate);
    List<String> apart =
        APART.equals(duty(decision).get("corrector"))
            ? run.run().gate(gate).map(g -> g.correctorsOf(call.callId())).orElse(List.of())
            : List.of();
    run.add(
        new HumanGateRequested(
            run.id(),
            gate,
            call.step(),
            call.callId(),
            call.callDigest(),
            decision.reasons(),
            display,
            asked.role(),
            asked.quorum(),
            trigger.requester(),
            run.workflow().author(),
            asked.expiresAt(),
            asked.signature(),
            asked.escalations(),
            apart));
    correction.ifPresent(each -> Corrections.count(run, each));
  }

  /// Who is asked, and until when.
  private record Asked(
      String role,
      int quorum,
      Instant expiresAt,
      boolean signature,
      List<Escalation> escalations) {}

  /// A group that the tenant's policy names stands above the workflow's: its author can neither
  /// choose another one nor have the gate escalated to one.
  private static Asked asked(Unfolding run, Step.Gate gate, Decision decision) {
    Map<String, String> duty = duty(decision);
    Optional<Tier> tier = tier(run, gate);
    Instant expiresAt = run.now().plus(gate.expires());
    boolean named = duty.containsKey("role");
    List<Escalation> escalations =
        named
            ? escalations(run, duty)
            : gate.escalations().stream()
                .map(e ->
                    new Escalation(
                        run.now().plus(e.after()),
                        e.role(),
                        Math.max(e.quorum(), quorum(decision))))
                .toList();
    return new Asked(
        duty.getOrDefault("role", tier.map(Tier::role).orElse(gate.role())),
        Math.max(tier.map(Tier::quorum).orElse(gate.quorum()), quorum(decision)),
        expiresAt,
        gate.signature() || signed(decision),
        escalations.stream().filter(e -> e.at().isBefore(expiresAt)).toList());
  }

  private static Asked asked(Unfolding run, Decision decision) {
    Map<String, String> duty = duty(decision);
    Instant expiresAt = run.now().plus(expiry(duty));
    return new Asked(
        duty.getOrDefault("role", APPROVER),
        quorum(decision),
        expiresAt,
        signed(decision),
        escalations(run, duty).stream().filter(e -> e.at().isBefore(expiresAt)).toList());
  }

  /// The first whose condition holds, or has no value: nobody gets past a threshold because the
  /// amount is missing.
  private static Optional<Tier> tier(Unfolding run, Step.Gate gate) {
    return gate.tiers().stream()
        .filter(tier -> !run.holds("!(%s)".formatted(tier.when())))
        .findFirst();
  }

  /// An escalation asks at least as many people as policy wants.
  private static List<Escalation> escalations(Unfolding run, Map<String, String> duty) {
    Optional<Long> after = number(duty.get("escalate_after_s"));
    String role = duty.getOrDefault("escalate_role", "");
    if (after.isEmpty() || role.isEmpty()) {
      return List.of();
    }
    int quorum =
        Math.max(
            number(duty.get("escalate_quorum")).map(Long::intValue).orElse(1),
            number(duty.get("quorum")).map(Long::intValue).orElse(1));
    return List.of(new Escalation(run.now().plusSeconds(after.get()), role, quorum));
  }

  private static boolean signed(Decision decision) {
    return decision.effect() == Effect.REQUIRE_STEP_UP;
  }

  private static Map<String, String> duty(Decision decision) {
    return decision.obligations().stream()
        .filter(
            o -> o.type() == Obligation.Type.HUMAN_APPROVAL || o.type() == Obligation.Type.STEP_UP)
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
}

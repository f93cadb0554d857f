package ai.rails.domain.run;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.gate.Escalation;
import ai.rails.domain.gate.Say;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.EscalateGate;
import ai.rails.domain.run.RunCommand.ExpireGate;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateEscalated;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.workflow.Step;

/// Who decides about a frozen call, who is asked when nobody does, and what follows.
final class GateRules {
  private static final String AUDITOR = "auditor";

  private GateRules() {}

  static void decide(Unfolding run, DecideGate command) {
    GateState gate = gate(run, command);
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

  static GateState gate(Unfolding run, DecideGate command) {
    return run.run()
        .gate(command.gate())
        .orElseThrow(() ->
            new Refused(
                Code.NOT_FOUND, "run %s has no gate %s".formatted(run.id(), command.gate())));
  }

  /// Whether this person may say this of the call that he was shown.
  static void check(Unfolding run, GateState gate, DecideGate command) {
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
      checkApart(gate.request(), command.approver());
      command.say().ifPresent(say -> checkApart(gate.request(), say.by()));
      checkRoles(gate, command);
    }
  }

  /// Separation of duties: who asked and who wrote the workflow may not decide, be it with another
  /// person's say or through another person.
  private static void checkApart(HumanGateRequested request, String person) {
    if (person.equals(request.requester())) {
      throw new Refused(
          Code.REQUESTER_MAY_NOT_APPROVE,
          "%s started the run and may not decide; ask another approver".formatted(person));
    }
    if (person.equals(request.author())) {
      throw new Refused(
          Code.AUTHOR_MAY_NOT_APPROVE,
          "%s wrote the workflow and may not decide; ask another approver".formatted(person));
    }
  }

  /// The role is that of those who are asked now: after an escalation, no longer of those before.
  private static void checkRoles(GateState gate, DecideGate command) {
    List<String> counting = command.say().map(Say::roles).orElse(command.roles());
    boolean auditor = command.roles().contains(AUDITOR) || counting.contains(AUDITOR);
    if (!counting.contains(gate.role()) || auditor) {
      throw new Refused(
          Code.NOT_AN_APPROVER,
          "%s may not decide: that takes role %s and not role %s"
              .formatted(
                  command.say().map(Say::by).orElse(command.approver()), gate.role(), AUDITOR));
    }
  }

  /// Nobody counts twice: not by a say of his own and one that was handed to him or by him.
  private static void checkFirst(GateState gate, DecideGate command) {
    Set<String> counted = new HashSet<>();
    gate.approvals()
        .values()
        .forEach(vote -> counted.addAll(List.of(vote.approver(), vote.says())));
    String says = command.say().map(Say::by).orElse(command.approver());
    if (counted.contains(command.approver()) || counted.contains(says)) {
      throw new Refused(
          Code.ALREADY_VOTED,
          "%s approved gate %s before; another approver is needed"
              .formatted(counted.contains(says) ? says : command.approver(), command.gate()));
    }
  }

  /// The signature is judged here again, whatever let the command in.
  ///
  /// @param digest of what is approved
  static void checkSignature(GateState gate, DecideGate command, String digest) {
    if (command.signature().isEmpty()) {
      if (gate.request().signature()) {
        throw new Refused(
            Code.STEP_UP_REQUIRED,
            "gate %s takes an approval that is signed with a passkey; it waits for one"
                .formatted(command.gate()));
      }
      return;
    }
    command
        .signature()
        .get()
        .fault(command.tenant(), command.approver(), digest)
        .ifPresent(fault -> {
          throw new Refused(
              Code.SIGNATURE_INVALID,
              "the passkey's signature does not approve the call of gate %s: %s"
                  .formatted(command.gate(), fault));
        });
  }

  private static void approve(Unfolding run, GateState gate, DecideGate command) {
    checkFirst(gate, command);
    checkNotCorrector(gate, command);
    checkSignature(gate, command, command.callDigest());
    checkPolicy(command);
    boolean enough = enough(gate);
    run.add(decision(run, command, enough));
    if (enough) {
      approved(run, gate);
    }
  }

  /// What the tenant's policy says of this person, asked when he decides: the second line of what
  /// is checked here.
  static void checkPolicy(DecideGate command) {
    command
        .decision()
        .filter(decision -> decision.effect() != Effect.ALLOW)
        .ifPresent(decision -> {
          throw new Refused(
              Code.FORBIDDEN,
              "policy does not let %s approve at gate %s: %s"
                  .formatted(
                      command.approver(), command.gate(), String.join(", ", decision.reasons())));
        });
  }

  /// Whether one more approval is all that it takes.
  static boolean enough(GateState gate) {
    return gate.approvals().size() + 1 >= gate.quorum();
  }

  /// Where policy keeps them apart, who made a call's parameters leaves its approval to others.
  private static void checkNotCorrector(GateState gate, DecideGate command) {
    List<String> apart = gate.request().apart();
    String says = command.say().map(Say::by).orElse(command.approver());
    if (apart.contains(command.approver()) || apart.contains(says)) {
      throw new Refused(
          Code.CORRECTOR_MAY_NOT_APPROVE,
          "%s corrected the call of gate %s and may not approve it; ask another approver"
              .formatted(apart.contains(says) ? says : command.approver(), command.gate()));
    }
  }

  /// Enough have approved: the call may be intended.
  static void approved(Unfolding run, GateState gate) {
    String id = gate.request().gate();
    StepState step = run.run().step(id).orElseThrow();
    if (gate.request().forStep().equals(id)) {
      run.schedule(id, Purpose.PERFORM, step.attemptGroup(), Reasons.APPROVED, Optional.empty());
    } else {
      int attempt = step.attempt();
      run.add(
          new StepCompleted(
              run.id(),
              id,
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
        command.comment(),
        command.say().map(Say::by),
        command.say().map(Say::delegation),
        command.signature(),
        command.decision());
  }

  /// Those who were asked are asked no more; the gate's own end stays where it is.
  static void escalate(Unfolding run, EscalateGate command) {
    Optional<GateState> gate =
        run.run()
            .gate(command.gate())
            .filter(GateState::open)
            .filter(g -> g.level() + 1 == command.level())
            .filter(g -> g.request().escalations().size() >= command.level());
    if (gate.isEmpty()) {
      return;
    }
    Escalation next = gate.get().request().escalations().get(command.level() - 1);
    if (!run.now().isBefore(next.at())) {
      run.add(
          new HumanGateEscalated(
              run.id(),
              command.gate(),
              gate.get().request().callDigest(),
              command.level(),
              next.role(),
              next.quorum(),
              Reasons.NOT_DECIDED));
    }
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

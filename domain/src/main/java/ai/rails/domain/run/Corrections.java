package ai.rails.domain.run;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.Run.StepState;
import ai.rails.domain.run.RunCommand.CorrectCall;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.workflow.Step;

/// A person corrects the call that he is asked about. A call is frozen once: the corrected one is
/// another call, in an attempt group of its own, that a worker renders and policy decides about
/// anew. The corrector has seen it, for he made it and names its digest; so he has approved it, as
/// far as those who are asked about it include him. If nothing comes of it, the earlier call is
/// asked about again.
final class Corrections {
  private static final int FIELDS_MAX = 20;
  private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");

  private Corrections() {}

  static void correct(Unfolding run, CorrectCall command) {
    DecideGate asked = command.asked();
    GateState gate = GateRules.gate(run, asked);
    GateRules.check(run, gate, asked);
    String forStep = gate.request().forStep();
    checkFields(run, forStep, command.fields());
    checkCall(run, gate, command.correctedDigest());
    GateRules.checkSignature(gate, asked, command.correctedDigest());
    GateRules.checkPolicy(asked);
    StepState step = run.run().step(asked.gate()).orElseThrow();
    int next = nextGroup(run.run(), forStep);
    run.add(
        new CallCorrected(
            run.id(),
            asked.gate(),
            forStep,
            gate.request().callId(),
            gate.request().callDigest(),
            step.attemptGroup(),
            CallId.of(command.tenant(), run.id(), forStep, 0, next),
            command.correctedDigest(),
            next,
            command.fields(),
            command.correction(),
            asked.approver(),
            asked.channel(),
            gate.role(),
            asked.signature(),
            asked.decision()));
    run.schedule(asked.gate(), step.purpose(), next, Reasons.CORRECTED, Optional.empty());
  }

  /// Only what the workflow declares as a parameter of this very call.
  private static void checkFields(Unfolding run, String forStep, List<String> fields) {
    Step definition = run.definition(forStep);
    Optional<Step.Call> call =
        forStep.endsWith(Step.UNDO) ? definition.compensate() : definition.call();
    Set<String> declared =
        forStep.endsWith(Step.CARD)
            ? Set.of()
            : call.map(each -> each.parameters().keySet()).orElse(Set.of());
    boolean fit =
        !fields.isEmpty()
            && fields.size() <= FIELDS_MAX
            && new HashSet<>(fields).size() == fields.size()
            && declared.containsAll(fields);
    if (!fit) {
      throw new Refused(
          Code.INVALID,
          "a correction names 1 to %d parameters that step %s declares, each once"
              .formatted(FIELDS_MAX, forStep));
    }
  }

  private static void checkCall(Unfolding run, GateState gate, String correctedDigest) {
    boolean another =
        DIGEST.matcher(correctedDigest).matches()
            && !correctedDigest.equals(gate.request().callDigest());
    if (!another) {
      throw new Refused(
          Code.INVALID,
          "correctedDigest is the digest of another call than the one that was shown");
    }
    if (run.run().call(gate.request().callId()).flatMap(CallState::intended).isPresent()) {
      throw new Refused(
          Code.CALL_ALREADY_INTENDED,
          "the call of gate %s may have left before; it can be approved or denied, not corrected"
              .formatted(gate.request().gate()));
    }
  }

  /// The worker renders what the person made, or nothing.
  static void checkRendered(Unfolding run, String step, FrozenCall call) {
    run.run()
        .correction(step)
        .filter(correction -> !correction.correctedDigest().equals(call.callDigest()))
        .ifPresent(correction -> {
          throw new Refused(
              Code.DIGEST_DIFFERS,
              "the corrected call of step %s is %s, not %s"
                  .formatted(step, correction.correctedDigest(), call.callDigest()));
        });
  }

  /// The correction is its corrector's approval, unless those who are asked about the corrected
  /// call do not include him as he acted. Requester, author and auditor could not correct.
  static void count(Unfolding run, CallCorrected correction) {
    GateState gate = run.run().gate(correction.gate()).orElseThrow();
    boolean counts =
        gate.role().equals(correction.role())
            && !gate.request().apart().contains(correction.corrector())
            && (!gate.request().signature() || correction.signature().isPresent());
    if (!counts) {
      return;
    }
    boolean enough = GateRules.enough(gate);
    run.add(
        new HumanGateDecisioned(
            run.id(),
            correction.gate(),
            Verdict.APPROVE,
            correction.corrector(),
            correction.channel(),
            correction.correctedDigest(),
            enough,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            correction.signature(),
            Optional.empty()));
    if (enough) {
      GateRules.approved(run, gate);
    }
  }

  /// Worker or policy refused a corrected call: the earlier one is asked about again, for the run
  /// is not to end of somebody's slip.
  ///
  /// @return whether there was a correction to be taken back
  static boolean takenBack(Unfolding run, String stepId, String code) {
    Optional<CallCorrected> correction = run.run().correction(stepId);
    correction.ifPresent(each -> {
      StepState step = run.run().step(stepId).orElseThrow();
      run.add(
          new StepFailed(run.id(), stepId, step.attempt(), code, Optional.of(run.now()), false));
      run.schedule(stepId, step.purpose(), each.attemptGroup(), code, Optional.empty());
    });
    return correction.isPresent();
  }

  /// The group in which a step begins: that of the call which its gate asked about last.
  static int group(Unfolding run, String stepId) {
    return run.workflow().steps().stream()
        .filter(each -> each.gate().filter(gate -> gate.forStep().equals(stepId)).isPresent())
        .flatMap(each -> run.run().step(each.id()).stream())
        .mapToInt(StepState::attemptGroup)
        .max()
        .orElse(1);
  }

  /// A group of a step that no call of it ever had.
  static int nextGroup(Run run, String stepId) {
    List<GateState> gates =
        run.gates().values().stream()
            .filter(gate -> gate.request().forStep().equals(stepId))
            .toList();
    IntStream ofGates =
        gates.stream()
            .flatMap(gate ->
                Stream.concat(
                    run.step(gate.request().gate()).stream().map(StepState::attemptGroup),
                    gate.correction().stream().map(CallCorrected::correctedGroup)))
            .mapToInt(Integer::intValue);
    IntStream own = run.step(stepId).stream().mapToInt(StepState::attemptGroup);
    return 1 + IntStream.concat(ofGates, own).max().orElse(0);
  }
}

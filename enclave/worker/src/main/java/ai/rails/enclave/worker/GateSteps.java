package ai.rails.enclave.worker;

import java.util.Map;
import java.util.TreeMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.workflow.Step;
import ai.rails.schema.worker.WorkerProtocol.GateView;
import ai.rails.schema.worker.WorkerProtocol.Propose;
import ai.rails.schema.worker.WorkerProtocol.Proposed;

/// The worker's part in a gate: freeze the call that waits behind it, and show it to people.
final class GateSteps {
  private static final Logger LOG = LoggerFactory.getLogger(GateSteps.class);

  private final ControlPlane controlPlane;
  private final Freezer freezer;
  private final Scopes scopes;
  private final CallStep callStep;

  GateSteps(ControlPlane controlPlane, Freezer freezer, Scopes scopes, CallStep callStep) {
    this.controlPlane = controlPlane;
    this.freezer = freezer;
    this.scopes = scopes;
    this.callStep = callStep;
  }

  /// Freezes the guarded step's call and asks for approval. Only disclosed fields are displayed.
  void propose(Work work, Step gateStep) throws InterruptedException {
    Step.Gate gate = gate(gateStep);
    Step guarded = work.step(gate.forStep());
    PreparedCall prepared =
        freezer.prepare(work, guarded.id(), call(guarded), () -> scopes.content(work));
    var display = new TreeMap<String, String>();
    gate.display()
        .forEach(
            (label, path) -> work.disclosed(path).ifPresent(value -> display.put(label, value)));
    Proposed proposed =
        controlPlane
            .propose(
                new Propose(
                    work.attempt(), gateStep.id(), prepared.body(), display, prepared.sealed()),
                work.fence())
            .orAbandon();
    LOG.info(
        "approval asked for run={} gate={} call={} effect={}",
        work.claimed().run(),
        gateStep.id(),
        prepared.body().callId(),
        proposed.effect());
  }

  /// Shows a gate's request by a governed call of its own.
  void card(Work work, Step gateStep) throws InterruptedException {
    Step.Call card =
        gate(gateStep)
            .card()
            .orElseThrow(
                () -> new StepRefused("NO_CARD", "gate %s has no card".formatted(gateStep.id())));
    GateView view =
        work.claimed()
            .gate()
            .filter(gate -> gate.gate().equals(gateStep.id()))
            .orElseThrow(() ->
                new StepRefused("NO_GATE", "the claim of a card lacks gate " + gateStep.id()));
    callStep.make(work, card, Map.of(), () -> scopes.card(work, view));
  }

  private static Step.Gate gate(Step step) {
    return step.gate()
        .orElseThrow(
            () -> new StepRefused("NOT_A_GATE", "step %s is no gate".formatted(step.id())));
  }

  private static Step.Call call(Step step) {
    return step.call()
        .orElseThrow(
            () -> new StepRefused("NO_CALL", "step %s makes no call".formatted(step.id())));
  }
}

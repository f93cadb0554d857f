package ai.rails.enclave.worker;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Disclosed;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.gate.ApprovalCheck;
import ai.rails.enclave.gate.ApprovalRefused;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.enclave.worker.FailPoint.Place;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Freshen;
import ai.rails.schema.worker.WorkerProtocol.Frozen;
import ai.rails.schema.worker.WorkerProtocol.Intended;
import ai.rails.schema.worker.WorkerProtocol.Intent;
import ai.rails.schema.worker.WorkerProtocol.Recorded;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.Route;

/// Makes a step's call: freeze, intent, effect, outcome, in this order and never another.
///
/// After an outcome that was recorded, the output lies sealed as evidence; a worker that takes over
/// completes the step from it without another effect.
final class CallStep {
  private static final Logger LOG = LoggerFactory.getLogger(CallStep.class);

  private final ControlPlane controlPlane;
  private final Freezer freezer;
  private final AccessTokens tokens;
  private final CallPort calls;
  private final ApprovalCheck approvals;
  private final ByRunner byRunner;
  private final Completion completion;
  private final FailPoint failPoint;

  CallStep(
      ControlPlane controlPlane,
      Freezer freezer,
      AccessTokens tokens,
      CallPort calls,
      ApprovalCheck approvals,
      ByRunner byRunner,
      FailPoint failPoint) {
    this.controlPlane = controlPlane;
    this.freezer = freezer;
    this.tokens = tokens;
    this.calls = calls;
    this.approvals = approvals;
    this.byRunner = byRunner;
    this.completion = new Completion(controlPlane);
    this.failPoint = failPoint;
  }

  /// Makes the call of the claimed step.
  ///
  /// @param call connector, action and parameters
  /// @param disclose fields of the output that leave the seal
  /// @param scope what parameters are built from; not opened if the call is frozen already
  void make(Work work, Step.Call call, Map<String, Disclosed> disclose, Supplier<JsonNode> scope)
      throws InterruptedException {
    if (executed(work).equals(Optional.of(Outcome.SUCCESS.name()))) {
      completion.complete(work, disclose, Outcomes.recordedOutput(work));
      return;
    }
    String step = work.claimed().step();
    PreparedCall prepared = freezer.prepare(work, step, call, scope);
    Map<String, String> credential =
        tokens.credential(work.claimed().tenant(), prepared.instance());
    String callId = prepared.body().callId();
    failPoint.reached(Place.AFTER_CLAIM, step, callId);
    approvals.prepare(signedGate(work));
    Intended intended = intend(work, prepared);
    for (int asked = 1; intended.route().isPresent(); asked++) {
      Route route = intended.route().get();
      if (asked > call.alternatives().size()) {
        throw new StepRefused("ROUTE_UNAVAILABLE", "policy keeps routing step " + step);
      }
      LOG.info(
          "call routed run={} step={} call={} provider={} region={}",
          work.claimed().run(),
          step,
          callId,
          route.provider(),
          route.region());
      prepared = freezer.reroute(work, step, call, route, scope);
      credential = tokens.credential(work.claimed().tenant(), prepared.instance());
      intended = intend(work, prepared);
    }
    if (!leaves(intended.effect())) {
      LOG.info(
          "call held back run={} step={} call={} effect={}",
          work.claimed().run(),
          work.claimed().step(),
          callId,
          intended.effect());
      return;
    }
    failPoint.reached(Place.AFTER_INTENT, work.claimed().step(), callId);
    Result result = execute(work, intended, order(work, prepared, intended, credential));
    failPoint.reached(Place.AFTER_EFFECT, work.claimed().step(), callId);
    report(work, callId, result, disclose);
  }

  private Intended intend(Work work, PreparedCall prepared) throws InterruptedException {
    work.fence().freshen();
    return controlPlane
        .intent(new Intent(work.attempt(), prepared.body(), prepared.sealed()), work.fence())
        .orAbandon();
  }

  /// A gateway that fails without a result may have had an effect: nothing is said then, and the
  /// step is recovered when its lease ends.
  private Result execute(Work work, Intended intended, Order order) throws InterruptedException {
    try {
      approvals.require(signedGate(work), order.call().digest(), intended.signed());
      return intended.runner().isPresent()
          ? byRunner.execute(work, order, intended.runner().get())
          : calls.execute(order);
    } catch (ApprovalRefused e) {
      LOG.error(
          "call not approved call={} code={} reason={}", order.callId(), e.code(), e.getMessage());
      return Result.notSent(e.code(), e.passing(), order.recovering());
    } catch (CallRefused e) {
      LOG.warn("call refused by the gateway call={} reason={}", order.callId(), e.getMessage());
      return Result.notSent(e.code(), false, order.recovering());
    } catch (ContentRefused e) {
      LOG.error("gateway failed call={} reason={}", order.callId(), e.getMessage());
      throw new Abandoned(e.code().name());
    }
  }

  private void report(Work work, String callId, Result result, Map<String, Disclosed> disclose)
      throws InterruptedException {
    var outcome = Outcomes.report(work, result);
    failPoint.reached(Place.BEFORE_OUTCOME, work.claimed().step(), callId);
    Recorded recorded = record(work, callId, outcome);
    LOG.info(
        "call executed run={} step={} call={} outcome={} code={} adopted={} next={}",
        work.claimed().run(),
        work.claimed().step(),
        callId,
        outcome.outcome(),
        outcome.code(),
        outcome.adopted(),
        recorded.next());
    if (recorded.next().equals("COMPLETE") && result.outcome() == Outcome.SUCCESS) {
      completion.complete(work, disclose, result.output().orElseGet(Outcomes::noOutput));
    }
  }

  /// An outcome that is refused must not become a failure of the step: its call has left.
  private Recorded record(Work work, String callId, ReportOutcome outcome)
      throws InterruptedException {
    try {
      return controlPlane.outcome(callId, outcome, work.fence()).orAbandon();
    } catch (ControlPlaneRefused e) {
      LOG.error("outcome not recorded call={} reason={}", callId, e.getMessage());
      throw new Abandoned("OUTCOME_REFUSED");
    }
  }

  /// The gate before this call at which the signed workflow asks for signatures.
  private static Optional<Gate> signedGate(Work work) {
    return work.artifact().workflow().steps().stream()
        .flatMap(step -> step.gate().stream())
        .filter(gate -> gate.signature() && gate.forStep().equals(work.claimed().step()))
        .findFirst();
  }

  private Order order(
      Work work, PreparedCall prepared, Intended intended, Map<String, String> credential) {
    Optional<Frozen> frozen = work.claimed().frozen();
    return new Order(
        prepared.call(),
        work.claimed().run(),
        work.claimed().step(),
        work.claimed().attemptGroup(),
        prepared.body().callId(),
        intended.idempotencyKey(),
        prepared.pin(),
        prepared.instance(),
        credential,
        List.copyOf(intended.tickets()),
        requests -> fresh(work, prepared.body().callId(), requests),
        prepared
            .instance()
            .credential()
            .map(_ -> tokens.of(work, prepared.instance(), prepared.body().callId())),
        mayHaveLeft(work.claimed()),
        // Two processes' clocks: an intent of the future was just now, and waits longest.
        frozen.map(each -> Math.max(0, work.claimed().now() - each.intentAt())).orElse(0L));
  }

  /// Without leave nothing more is sent, and the call ends as far as it came.
  private List<String> fresh(Work work, String callId, int requests) throws InterruptedException {
    try {
      return controlPlane
          .freshen(callId, new Freshen(work.attempt(), requests), work.fence())
          .orAbandon()
          .tickets();
    } catch (Abandoned | ControlPlaneRefused e) {
      LOG.warn("no fresh tickets call={} reason={}", callId, e.getMessage());
      return List.of();
    }
  }

  /// An unknown effect lets nothing leave.
  private static boolean leaves(String effect) {
    return effect.equals("ALLOW") || effect.equals("ROUTE");
  }

  /// Whether an earlier attempt may have had the effect, and nobody knows.
  static boolean mayHaveLeft(Claimed claimed) {
    return claimed
        .frozen()
        .filter(Frozen::intended)
        .filter(call -> call.executed().map(Outcome.AMBIGUOUS.name()::equals).orElse(true))
        .isPresent();
  }

  private static Optional<String> executed(Work work) {
    return work.claimed().frozen().flatMap(Frozen::executed);
  }
}

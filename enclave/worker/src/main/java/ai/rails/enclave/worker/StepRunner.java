package ai.rails.enclave.worker;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.api.trace.SpanKind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.workflow.Step;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.RunContent;
import ai.rails.enclave.gate.ApprovalRefused;
import ai.rails.platform.keys.ContentKey;
import ai.rails.platform.telemetry.Names;
import ai.rails.platform.telemetry.Telemetry;
import ai.rails.platform.telemetry.Traced;
import ai.rails.platform.workflow.ExpressionFailed;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Claim;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Fail;

/// Does one claimed step attempt from its first to its last request. It retries nothing: what
/// follows a failure, the run decides.
///
/// Thread-safe; each attempt has a thread of its own.
final class StepRunner {
  private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

  private final ControlPlane controlPlane;
  private final Keys keys;
  private final RunKeys runKeys;
  private final Ours ours;
  private final Steps steps;
  private final Telemetry telemetry;
  private final LongSupplier nanos;

  /// The kinds of steps.
  record Steps(Scopes scopes, CallStep calls, GateSteps gates, LocalSteps local) {}

  StepRunner(
      ControlPlane controlPlane,
      Keys keys,
      Ours ours,
      Steps steps,
      Telemetry telemetry,
      LongSupplier nanos) {
    this.controlPlane = controlPlane;
    this.keys = keys;
    this.runKeys = new RunKeys(controlPlane, keys);
    this.ours = ours;
    this.steps = steps;
    this.telemetry = telemetry;
    this.nanos = nanos;
  }

  /// Does a claimed attempt; if another worker made the run's key meanwhile, claims it once more.
  ///
  /// @param claimSentNanos monotonic time before the claim was sent
  /// @throws Abandoned if the attempt is no longer this worker's
  void run(Claim claim, Claimed claimed, long claimSentNanos) throws InterruptedException {
    if (attempt(claim, claimed, claimSentNanos)) {
      return;
    }
    long sentNanos = nanos.getAsLong();
    Claimed again = controlPlane.claim(claim).orAbandon();
    if (!attempt(claim, again, sentNanos)) {
      throw new Abandoned("RUN_KEY_CONFLICT");
    }
  }

  /// @return false if the run has a key that this claim did not carry
  private boolean attempt(Claim claim, Claimed claimed, long claimSentNanos)
      throws InterruptedException {
    requireOurs(claim, claimed);
    var attempt = new Attempt(claimed.run(), claimed.step(), claimed.attempt(), claimed.epoch());
    var lease = new StepLease(nanos, claimSentNanos, claimed.now(), claimed.leaseUntil());
    try (Traced span = begin(claimed);
        var fence = new LeaseKeeper(controlPlane, attempt, lease, keys)) {
      try {
        Optional<ContentKey> key = runKeys.of(claimed, attempt, fence);
        if (key.isEmpty()) {
          return false;
        }
        var content =
            new RunContent(
                key.get(),
                claimed.tenant(),
                claimed.run(),
                runKeys.inherited(claimed.tenant(), claimed.inherited()));
        perform(new Work(claimed, attempt, keys.artifact(), content, fence));
      } catch (ContentRefused
          | ExpressionFailed
          | CallRefused
          | StepRefused
          | ApprovalRefused
          | ControlPlaneRefused e) {
        fail(span, fence, failure(attempt, claimed, e), e);
      }
      return true;
    }
  }

  /// While nobody knows whether an earlier attempt had its effect no failure ends the step: it is
  /// tried again, and then a person looks.
  private static Fail failure(Attempt attempt, Claimed claimed, RuntimeException why) {
    String code =
        switch (why) {
          case ContentRefused e -> e.code().name();
          case CallRefused e -> e.code();
          case StepRefused e -> e.code();
          case ApprovalRefused e -> e.code();
          case ControlPlaneRefused e -> e.code();
          default -> "EXPRESSION_FAILED";
        };
    boolean passing = why instanceof ApprovalRefused refused && refused.passing();
    return new Fail(attempt, code, passing || CallStep.mayHaveLeft(claimed));
  }

  private void perform(Work work) throws InterruptedException {
    String id = work.claimed().step();
    if (id.endsWith(Step.CARD)) {
      steps.gates().card(work, work.step(base(id, Step.CARD)));
    } else if (id.endsWith(Step.UNDO)) {
      steps.calls().make(work, undo(work, base(id, Step.UNDO)), Map.of(), content(work));
    } else if (work.claimed().purpose() == Purpose.PROPOSE) {
      steps.gates().propose(work, work.step(id));
    } else {
      perform(work, work.step(id));
    }
  }

  private void perform(Work work, Step step) throws InterruptedException {
    switch (step.kind()) {
      case TOOL, AI -> steps.calls().make(work, call(step), step.disclose(), content(work));
      case GUARD -> steps.local().guard(work, step);
      case PROOF -> steps.local().proof(work, step);
      case GATE ->
          throw new StepRefused(
              "GATE_IS_FOR_PEOPLE", "gate %s is decided by people".formatted(step.id()));
    }
  }

  private Supplier<JsonNode> content(Work work) {
    return () -> steps.scopes().content(work);
  }

  private static Step.Call call(Step step) {
    return step.call()
        .orElseThrow(
            () -> new StepRefused("NO_CALL", "step %s makes no call".formatted(step.id())));
  }

  private static Step.Call undo(Work work, String id) {
    return work.step(id)
        .compensate()
        .orElseThrow(
            () -> new StepRefused("NO_COMPENSATION", "nothing undoes step %s".formatted(id)));
  }

  private static String base(String id, String suffix) {
    return id.substring(0, id.length() - suffix.length());
  }

  /// A claim for another tenant, environment, version or step than was asked for is not worked on
  /// and not answered: the control plane is not what it should be.
  private void requireOurs(Claim claim, Claimed claimed) {
    boolean asked =
        ours.is(claimed.tenant(), claimed.environment(), claimed.artifactDigest())
            && claimed.run().equals(claim.run())
            && claimed.step().equals(claim.step())
            && claimed.attempt() == claim.attempt();
    if (!asked) {
      LOG.error(
          "claim answered for something else tenant={} run={} step={} attempt={}",
          claimed.tenant(),
          claimed.run(),
          claimed.step(),
          claimed.attempt());
      throw new Abandoned("CLAIM_DIFFERS");
    }
  }

  private void fail(Traced span, Fence fence, Fail failure, RuntimeException why)
      throws InterruptedException {
    LOG.warn(
        "step failed run={} step={} attempt={} code={} reason={}",
        failure.attempt().run(),
        failure.attempt().step(),
        failure.attempt().attempt(),
        failure.code(),
        why.getMessage());
    span.failed(failure.code());
    controlPlane.fail(failure, fence).orAbandon();
  }

  private Traced begin(Claimed claimed) {
    return telemetry
        .begin("step " + claimed.purpose(), SpanKind.INTERNAL, claimed.traceparent())
        .set(Names.TENANT, claimed.tenant())
        .set(Names.RUN, claimed.run())
        .set(Names.STEP, claimed.step())
        .set(Names.ATTEMPT, (long) claimed.attempt());
  }
}

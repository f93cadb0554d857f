package ai.rails.domain.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Verdict;

/// What a run can be asked.
public sealed interface RunCommand {
  String tenant();

  String run();

  /// Starts a run. Asked again with the same run id it changes nothing.
  ///
  /// @param inherited with a fork: steps that count as completed, with their results
  record StartRun(
      String tenant,
      String run,
      String workflow,
      String version,
      String artifactDigest,
      String environment,
      String trigger,
      String dedupeKey,
      String requester,
      Map<String, String> inputs,
      List<SealedRef> sealedInputs,
      Optional<String> forkOf,
      Optional<String> forkStep,
      Map<String, StepResult> inherited)
      implements RunCommand {
    public StartRun {
      inputs = Map.copyOf(inputs);
      sealedInputs = List.copyOf(sealedInputs);
      inherited = Map.copyOf(inherited);
    }
  }

  /// What a step gave.
  ///
  /// @param contentRun the run under whose key the output is sealed; present with an output
  record StepResult(
      Map<String, String> disclosed, Optional<SealedRef> output, Optional<String> contentRun) {
    public StepResult {
      disclosed = Map.copyOf(disclosed);
    }
  }

  /// A call as the worker froze it.
  ///
  /// @param step the step it belongs to
  /// @param actionIndex position of the call in its step
  /// @param parameters disclosed parameters
  record FrozenCall(
      String callId,
      String step,
      int actionIndex,
      String tool,
      String action,
      String connectorDigest,
      String instance,
      String host,
      int port,
      String callDigest,
      IdempotencyClass idempotencyClass,
      int requests,
      Map<String, String> parameters,
      SealedRef frozen) {
    public FrozenCall {
      parameters = Map.copyOf(parameters);
    }
  }

  /// A gate step's worker froze the call to be approved.
  ///
  /// @param decision empty until policy was asked
  record ProposeCall(
      String tenant,
      String run,
      String step,
      int attempt,
      FrozenCall call,
      Map<String, String> display,
      Optional<Decision> decision)
      implements RunCommand {
    public ProposeCall {
      display = Map.copyOf(display);
    }
  }

  /// A worker wants to let a call leave.
  ///
  /// @param estimate worst case of what it costs
  /// @param tokens most that a model can use, if it was said
  /// @param hold why it may not leave yet, whatever policy would say
  /// @param decision empty until policy was asked
  record IntendCall(
      String tenant,
      String run,
      String step,
      int attempt,
      long epoch,
      FrozenCall call,
      Money estimate,
      String priceTable,
      Optional<Long> tokens,
      Optional<Hold> hold,
      Optional<Decision> decision)
      implements RunCommand {
    public IntendCall(
        String tenant,
        String run,
        String step,
        int attempt,
        long epoch,
        FrozenCall call,
        Money estimate,
        String priceTable,
        Optional<Decision> decision) {
      this(
          tenant,
          run,
          step,
          attempt,
          epoch,
          call,
          estimate,
          priceTable,
          Optional.empty(),
          Optional.empty(),
          decision);
    }
  }

  /// A worker says what became of an intended call.
  ///
  /// @param evidence kind to where it lies
  record RecordOutcome(
      String tenant,
      String run,
      String step,
      int attempt,
      long epoch,
      String callId,
      Outcome outcome,
      String code,
      boolean retryable,
      Optional<Long> retryAfterMillis,
      int httpStatus,
      String vendorRef,
      int requests,
      boolean verified,
      boolean adopted,
      Optional<ModelUse> model,
      Map<String, SealedRef> evidence)
      implements RunCommand {
    public RecordOutcome {
      evidence = Map.copyOf(evidence);
    }
  }

  /// What a model call used and cost.
  record ModelUse(
      String provider,
      String model,
      String responseModel,
      Usage usage,
      String priceTable,
      Money cost) {}

  /// A worker finished a step.
  record CompleteStep(
      String tenant,
      String run,
      String step,
      int attempt,
      Map<String, String> disclosed,
      Optional<SealedRef> output)
      implements RunCommand {
    public CompleteStep {
      disclosed = Map.copyOf(disclosed);
    }
  }

  /// A worker could not do a step, before or without a call.
  record FailStep(
      String tenant, String run, String step, int attempt, String code, boolean retryable)
      implements RunCommand {}

  /// A person decides about a gate.
  ///
  /// @param roles the person's roles in the workspace
  /// @param callDigest of the call that the person was shown
  record DecideGate(
      String tenant,
      String run,
      String gate,
      Verdict verdict,
      String approver,
      List<String> roles,
      String channel,
      String callDigest,
      Optional<SealedRef> comment)
      implements RunCommand {
    public DecideGate {
      roles = List.copyOf(roles);
    }
  }

  /// A gate's time is over.
  record ExpireGate(String tenant, String run, String gate) implements RunCommand {}

  /// A worker's lease on an attempt ended without a word.
  record ExpireLease(String tenant, String run, String step, int attempt, long epoch)
      implements RunCommand {}

  /// An attempt has taken longer than its step's `timeout`.
  record ExpireStep(String tenant, String run, String step, int attempt, long epoch)
      implements RunCommand {}

  /// A run's time is over.
  record ExpireRun(String tenant, String run) implements RunCommand {}

  /// A person ends a run.
  record CancelRun(String tenant, String run, String by, String reason) implements RunCommand {}

  /// An operator sends on what waits in the dead-letter queue, or for its next attempt.
  ///
  /// @param step empty for all of the run's
  record RetryRun(String tenant, String run, Optional<String> step, String by)
      implements RunCommand {}

  /// A person says what became of an ambiguous call.
  record ResolveCall(String tenant, String run, String callId, Resolution resolution, String by)
      implements RunCommand {}
}

package ai.rails.domain.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.gate.Say;
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
  /// @param routes models that the step has, once policy was asked
  /// @param decision empty until policy was asked
  record ProposeCall(
      String tenant,
      String run,
      String step,
      int attempt,
      FrozenCall call,
      Map<String, String> display,
      List<ModelRoute> routes,
      Optional<Decision> decision)
      implements RunCommand {
    public ProposeCall {
      display = Map.copyOf(display);
      routes = List.copyOf(routes);
    }

    public ProposeCall(
        String tenant,
        String run,
        String step,
        int attempt,
        FrozenCall call,
        Map<String, String> display,
        Optional<Decision> decision) {
      this(tenant, run, step, attempt, call, display, List.of(), decision);
    }
  }

  /// A worker wants to let a call leave.
  ///
  /// @param estimate worst case of what it costs
  /// @param tokens most that a model can use, if it was said
  /// @param gpu what it can hold of its worker's GPUs, once policy was asked
  /// @param routes models that the step has, once policy was asked
  /// @param hold why it may not leave yet, whatever policy would say
  /// @param decision empty until policy was asked
  /// @param runner that its instance is behind, once that was looked up
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
      Optional<GpuTime> gpu,
      List<ModelRoute> routes,
      Optional<Hold> hold,
      Optional<Decision> decision,
      Optional<String> runner)
      implements RunCommand {
    public IntendCall {
      routes = List.copyOf(routes);
    }

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
          List.of(),
          Optional.empty(),
          decision,
          Optional.empty());
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
  /// @param say of another person that was handed to this one
  /// @param signature of a passkey that is this person's
  /// @param decision of policy on whether he may; empty until policy was asked
  record DecideGate(
      String tenant,
      String run,
      String gate,
      Verdict verdict,
      String approver,
      List<String> roles,
      String channel,
      String callDigest,
      Optional<SealedRef> comment,
      Optional<Say> say,
      Optional<PasskeySignature> signature,
      Optional<Decision> decision)
      implements RunCommand {
    public DecideGate {
      roles = List.copyOf(roles);
    }

    public DecideGate(
        String tenant,
        String run,
        String gate,
        Verdict verdict,
        String approver,
        List<String> roles,
        String channel,
        String callDigest,
        Optional<SealedRef> comment,
        Optional<Say> say,
        Optional<PasskeySignature> signature) {
      this(
          tenant,
          run,
          gate,
          verdict,
          approver,
          roles,
          channel,
          callDigest,
          comment,
          say,
          signature,
          Optional.empty());
    }

    public DecideGate(
        String tenant,
        String run,
        String gate,
        Verdict verdict,
        String approver,
        List<String> roles,
        String channel,
        String callDigest,
        Optional<SealedRef> comment) {
      this(
          tenant,
          run,
          gate,
          verdict,
          approver,
          roles,
          channel,
          callDigest,
          comment,
          Optional.empty(),
          Optional.empty());
    }
  }

  /// A person corrects parameters of the call that a gate asks about.
  ///
  /// @param asked what he says of the call that he was shown: an approval that names it, with his
  ///   passkey's signature over `correctedDigest`
  /// @param correctedDigest of the call that he made of it
  /// @param fields names of the parameters that he corrected
  /// @param correction their values, sealed
  record CorrectCall(
      DecideGate asked, String correctedDigest, List<String> fields, SealedRef correction)
      implements RunCommand {
    public CorrectCall {
      fields = List.copyOf(fields);
    }

    @Override
    public String tenant() {
      return asked.tenant();
    }

    @Override
    public String run() {
      return asked.run();
    }
  }

  /// Nobody decided about a gate in the time of those who were asked.
  ///
  /// @param level that it is to reach
  record EscalateGate(String tenant, String run, String gate, int level) implements RunCommand {}

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

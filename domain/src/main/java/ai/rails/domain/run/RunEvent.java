package ai.rails.domain.run;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.gate.Escalation;
import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.policy.Decision;

/// What happens in a run. Every event names its run; content is only ever named by a [SealedRef].
public sealed interface RunEvent extends Event {
  String run();

  @Override
  default EntryType entryType() {
    return RunEntries.of(this);
  }

  /// A run exists.
  ///
  /// @param trigger id of the workflow's trigger
  /// @param dedupeKey hash of what makes the trigger unique, empty when nothing does
  /// @param requester who or what started it; may not approve its gates
  /// @param inputs disclosed inputs
  /// @param sealedInputs content inputs
  /// @param forkOf the run it continues with the outputs of its steps before `forkStep`
  record RunTriggered(
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
      Optional<String> forkStep)
      implements RunEvent {
    public RunTriggered {
      inputs = Map.copyOf(inputs);
      sealedInputs = List.copyOf(sealedInputs);
    }
  }

  /// An attempt of a step is due. A step command goes out now, or at `notBefore`.
  ///
  /// @param attempt from 1, over all attempts of the step in this run
  /// @param attemptGroup from 1; only an explicit *run again* by a person starts the next
  /// @param purpose what the worker is to do
  /// @param reason for example `NEEDS_MET`, `RETRY`, `LEASE_EXPIRED`, `POLICY_UNAVAILABLE`
  record StepScheduled(
      String run,
      String step,
      int attempt,
      int attemptGroup,
      Purpose purpose,
      String reason,
      Optional<Instant> notBefore)
      implements RunEvent {}

  /// A step is done, or was left out because its condition was false.
  ///
  /// @param contentRun with a fork: the run under whose key the output is sealed, if not this one
  record StepCompleted(
      String run,
      String step,
      int attempt,
      boolean skipped,
      Map<String, String> disclosed,
      Optional<SealedRef> output,
      Optional<String> contentRun)
      implements RunEvent {
    public StepCompleted {
      disclosed = Map.copyOf(disclosed);
    }

    public StepCompleted(
        String run,
        String step,
        int attempt,
        boolean skipped,
        Map<String, String> disclosed,
        Optional<SealedRef> output) {
      this(run, step, attempt, skipped, disclosed, output, Optional.empty());
    }
  }

  /// An attempt failed. With `dead` there is no further one by itself.
  ///
  /// @param retryAt when the next attempt is due
  /// @param dead attempts are exhausted and the step waits in the dead-letter queue for a person
  record StepFailed(
      String run, String step, int attempt, String code, Optional<Instant> retryAt, boolean dead)
      implements RunEvent {}

  /// Policy was asked about a call.
  record PolicyEvaluated(String run, String step, String callId, Decision decision)
      implements RunEvent {}

  /// A person is asked to decide about exactly one frozen call.
  ///
  /// @param gate the gate's id in the run: the gate step, or the step whose call policy stopped
  /// @param display declared fields, label to value
  /// @param signature whether an approval must be signed with a passkey
  /// @param escalations who is asked when nobody decides, the first one first
  /// @param apart who corrected this call, where policy says that they do not approve it as well
  record HumanGateRequested(
      String run,
      String gate,
      String forStep,
      String callId,
      String callDigest,
      List<String> reasons,
      Map<String, String> display,
      String role,
      int quorum,
      String requester,
      String author,
      Instant expiresAt,
      boolean signature,
      List<Escalation> escalations,
      List<String> apart)
      implements RunEvent {
    public HumanGateRequested {
      reasons = List.copyOf(reasons);
      display = Map.copyOf(display);
      escalations = List.copyOf(escalations);
      apart = List.copyOf(apart);
    }
  }

  /// A person, or the clock, decided about a gate.
  ///
  /// @param approver opaque id of the person, or `timer`
  /// @param channel `SLACK`, `API`, `CLI` or `TIMER`
  /// @param closes whether the gate is decided with this
  /// @param comment sealed text of a question or answer
  /// @param onBehalfOf whose say it was, if it was handed to the approver
  /// @param delegation by which it was
  /// @param signature of the approver's passkey over the call's digest
  /// @param decision of policy on whether this person may approve; absent with any other verdict,
  ///   and where the approval came with a correction, which has it
  record HumanGateDecisioned(
      String run,
      String gate,
      Verdict verdict,
      String approver,
      String channel,
      String callDigest,
      boolean closes,
      Optional<SealedRef> comment,
      Optional<String> onBehalfOf,
      Optional<String> delegation,
      Optional<PasskeySignature> signature,
      Optional<Decision> decision)
      implements RunEvent {
    /// The approver's own say, unsigned.
    public HumanGateDecisioned(
        String run,
        String gate,
        Verdict verdict,
        String approver,
        String channel,
        String callDigest,
        boolean closes,
        Optional<SealedRef> comment) {
      this(
          run,
          gate,
          verdict,
          approver,
          channel,
          callDigest,
          closes,
          comment,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    /// Whose say counts: the approver's own, or that of whom he decided for.
    public String says() {
      return onBehalfOf.orElse(approver);
    }
  }

  /// Nobody decided in time: others are asked, and only they. Approvals given before count no more.
  ///
  /// @param level from 1; how often the gate was escalated
  /// @param reason `NOT_DECIDED`
  record HumanGateEscalated(
      String run, String gate, String callDigest, int level, String role, int quorum, String reason)
      implements RunEvent {}

  /// A person corrected parameters of the call that he was asked about. That call does not run; a
  /// worker renders the corrected one, which policy decides about and the gate asks about anew.
  ///
  /// @param attemptGroup of the call that was corrected
  /// @param correctedDigest of the call that the person made of it: what he approves
  /// @param correctedGroup in which the corrected call stands
  /// @param fields names of the corrected parameters
  /// @param correction the new values, sealed
  /// @param role of the group that was asked, in which he acted
  /// @param signature of the corrector's passkey over `correctedDigest`
  /// @param decision of policy on whether this person may approve
  record CallCorrected(
      String run,
      String gate,
      String forStep,
      String callId,
      String callDigest,
      int attemptGroup,
      String correctedCallId,
      String correctedDigest,
      int correctedGroup,
      List<String> fields,
      SealedRef correction,
      String corrector,
      String channel,
      String role,
      Optional<PasskeySignature> signature,
      Optional<Decision> decision)
      implements RunEvent {
    public CallCorrected {
      fields = List.copyOf(fields);
    }
  }

  /// From now on a call may leave, under this decision and this lease, and only this call.
  ///
  /// @param requests how many requests it covers, 1 to 8
  record ToolActionIntended(
      String run,
      String step,
      int attempt,
      int attemptGroup,
      String callId,
      String tool,
      String action,
      String connectorDigest,
      String instance,
      String host,
      int port,
      String callDigest,
      String idempotencyKey,
      IdempotencyClass idempotencyClass,
      int requests,
      long epoch,
      String decisionId,
      Map<String, String> parameters,
      SealedRef frozen,
      Optional<String> runner)
      implements RunEvent {
    public ToolActionIntended {
      parameters = Map.copyOf(parameters);
    }
  }

  /// What became of an intended call.
  ///
  /// @param httpStatus of the deciding answer, 0 if there was none
  /// @param vendorRef id the other side gave, for example a request id
  /// @param verified whether the declared read-back showed the intended effect
  /// @param adopted whether an earlier attempt was found to have had the effect
  record ToolActionExecuted(
      String run,
      String step,
      String callId,
      long epoch,
      Outcome outcome,
      String code,
      int httpStatus,
      String vendorRef,
      int requests,
      boolean verified,
      boolean adopted,
      Optional<String> runner)
      implements RunEvent {}

  /// A model answered. Raw usage is kept, so that the cost can be computed again.
  record ModelInvoked(
      String run,
      String step,
      String callId,
      String provider,
      String model,
      String responseModel,
      Usage usage,
      String priceTable,
      Money cost)
      implements RunEvent {}

  /// Evidence of a call lies sealed.
  ///
  /// @param kind for example `request`, `response`, `read-back`, `before`
  record EvidenceCaptured(String run, String step, String callId, String kind, SealedRef evidence)
      implements RunEvent {}

  /// A call might not leave yet: a limit is reached. Nothing was intended and policy was not asked;
  /// the step is scheduled again.
  record CallHeld(String run, String step, String callId, Hold hold) implements RunEvent {}

  /// The worst case of a call was set aside.
  ///
  /// @param tokens most that it can use, if it was said
  /// @param gpu what it holds of its worker's GPUs; absent where it holds none
  record BudgetReserved(
      String run,
      String step,
      String callId,
      Money amount,
      String priceTable,
      Optional<Long> tokens,
      Optional<GpuTime> gpu)
      implements RunEvent {}

  /// What a call cost took the place of what was set aside for it.
  ///
  /// @param gpuMillis milliseconds of one GPU that it held, if it held any
  record BudgetSettled(
      String run,
      String step,
      String callId,
      Money reserved,
      Money amount,
      String priceTable,
      Optional<Long> gpuMillis)
      implements RunEvent {}

  /// A step's effect was undone by its compensation.
  record RollbackApplied(String run, String step, String compensatedStep, String callId)
      implements RunEvent {}

  /// A person said what had become of an ambiguous call.
  record CallReconciled(String run, String step, String callId, Resolution resolution, String by)
      implements RunEvent {}

  /// An operator sent a dead-lettered or waiting step on.
  record RunRetried(String run, String step, String by) implements RunEvent {}

  /// A person, or the no of a gate, ended the run.
  record RunCancelled(String run, String by, String reason) implements RunEvent {}

  /// All steps are done.
  record RunCompleted(String run, Money cost) implements RunEvent {}

  /// The run can not go on.
  ///
  /// @param compensated whether completed effects were undone
  record RunFailed(String run, String step, String code, boolean compensated, Money cost)
      implements RunEvent {}

  /// What a worker is to do with a step: do it; freeze the call that a gate guards, and ask for
  /// approval; show a gate's request; find out what became of an intended call, then finish it;
  /// undo it.
  enum Purpose {
    PERFORM,
    PROPOSE,
    CARD,
    RECOVER,
    UNDO
  }

  /// How a call without an answer is dealt with. K: the other side keeps idempotency keys. U: doing
  /// it twice is doing it once. Q: the other side can be asked whether it happened. N: neither, so
  /// at most once, then a person. M: a model, and repeating costs money and changes nothing.
  enum IdempotencyClass {
    K,
    U,
    Q,
    N,
    M
  }

  /// How a call ended.
  enum Outcome {
    SUCCESS,
    DEFINITE_FAILURE,
    AMBIGUOUS
  }

  /// What was said of a gate.
  enum Verdict {
    APPROVE,
    DENY,
    ASK_INFO,
    ANSWER_INFO,
    WITHDRAW,
    EXPIRE
  }
}

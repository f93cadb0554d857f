package ai.rails.stream.siem;

import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.Actor;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.BudgetReserved;
import ai.rails.domain.run.RunEvent.BudgetSettled;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.CallHeld;
import ai.rails.domain.run.RunEvent.CallReconciled;
import ai.rails.domain.run.RunEvent.EvidenceCaptured;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateEscalated;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.ModelInvoked;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.RollbackApplied;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunFailed;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.stream.siem.Activity.Change;
import ai.rails.stream.siem.Activity.Lifecycle;

/// Tells runs. Inputs, disclosed fields, parameters and display fields stay in the platform.
final class RunMapping {
  private RunMapping() {}

  static OcsfDraft of(Entry entry, RunEvent event, Memory memory) {
    return switch (event) {
      case RunTriggered e -> triggered(entry, e);
      case RunCompleted e -> ended(entry, memory, e.cost()).succeeded();
      case RunFailed e -> {
        OcsfDraft draft = ended(entry, memory, e.cost()).failed(e.code());
        draft.unmapped("run").put("compensated", e.compensated());
        yield draft;
      }
      case RunCancelled e ->
          lifecycle(entry, Lifecycle.STOP, memory.version(e.run()))
              .status("Cancelled")
              .statusCode(e.reason());
      case RunRetried e -> {
        OcsfDraft draft = lifecycle(entry, Lifecycle.RESTART, memory.version(e.run()));
        draft.unmapped("run").put("step", Shown.id(e.step()));
        yield draft.succeeded();
      }
      case StepScheduled e -> scheduled(entry, e);
      case StepCompleted e -> completed(entry, e);
      case StepFailed e -> failed(entry, e);
      case PolicyEvaluated e ->
          DecisionMapping.of(entry, e.decision()).resource("call", e.callId());
      case HumanGateRequested e -> requested(entry, e);
      case HumanGateDecisioned e -> decisioned(entry, e);
      case HumanGateEscalated e -> {
        OcsfDraft draft = gate(entry, Change.UPDATE, e.run(), e.gate(), e.callDigest());
        draft.control(Control.DELAYED).status("Pending").comment(e.reason());
        draft.unmapped("gate").put("role", Shown.id(e.role())).put("level", e.level());
        yield draft;
      }
      case CallCorrected e -> corrected(entry, e);
      case ToolActionIntended e -> CallMapping.intended(entry, e, memory);
      case ToolActionExecuted e -> CallMapping.executed(entry, e, memory);
      case ModelInvoked e -> CallMapping.invoked(entry, e, memory);
      case EvidenceCaptured e -> evidence(entry, e);
      case BudgetReserved e ->
          budget(entry, "Reserve", "budget.reserve", e.step(), e.callId(), e.amount());
      case BudgetSettled e -> {
        OcsfDraft draft =
            budget(entry, "Settle", "budget.settle", e.step(), e.callId(), e.amount());
        e.gpuMillis().ifPresent(millis -> draft.unmapped("gpu").put("millis", millis));
        yield draft;
      }
      case CallHeld e -> held(entry, e);
      case RollbackApplied e ->
          step(entry, Activity.api("Roll Back"), "step.rollback", e.step())
              .resource("step", e.compensatedStep())
              .resource("call", e.callId())
              .succeeded();
      case CallReconciled e ->
          AdministrationMapping.entity(entry, Change.UPDATE, "call", e.callId())
              .comment(e.resolution().name())
              .succeeded();
    };
  }

  /// Whatever concerns a step.
  static OcsfDraft step(Entry entry, Activity activity, String operation, String step) {
    OcsfDraft draft = activity(entry, activity);
    draft.api(operation, entry.header().workflow().orElse(OcsfDraft.PLATFORM));
    draft.resource("step", step);
    return draft;
  }

  static OcsfDraft activity(Entry entry, Activity activity) {
    return OcsfDraft.of(activity, Severity.of(entry.event().entryType()), entry.time())
        .actor(entry.header().actor())
        .trace(entry.header().traceparent());
  }

  static void money(ObjectNode node, Money amount) {
    node.put("currency", Shown.code(amount.currency())).put("nanos", amount.nanos());
  }

  private static OcsfDraft lifecycle(Entry entry, Lifecycle activity, Optional<String> version) {
    return activity(entry, Activity.run(activity))
        .app(entry.header().workflow().orElse("none"), version);
  }

  private static OcsfDraft triggered(Entry entry, RunTriggered e) {
    OcsfDraft draft =
        activity(entry, Activity.run(Lifecycle.START))
            .app(e.workflow(), Optional.of(e.version()))
            .succeeded();
    ObjectNode run = draft.unmapped("run");
    run.put("artifact_digest", Shown.id(e.artifactDigest()));
    run.put("trigger", Shown.id(e.trigger()));
    run.put("requester", Shown.id(e.requester()));
    e.forkOf().ifPresent(fork -> run.put("fork_of", Shown.id(fork)));
    return draft;
  }

  private static OcsfDraft ended(Entry entry, Memory memory, Money cost) {
    OcsfDraft draft =
        lifecycle(entry, Lifecycle.STOP, entry.header().run().flatMap(memory::version));
    money(draft.unmapped("cost"), cost);
    return draft;
  }

  private static OcsfDraft scheduled(Entry entry, StepScheduled e) {
    OcsfDraft draft = step(entry, Activity.api("Schedule"), "step.schedule", e.step());
    draft.unmapped("step").put("attempt", e.attempt()).put("purpose", e.purpose().name());
    return draft.succeeded().statusCode(e.reason());
  }

  private static OcsfDraft completed(Entry entry, StepCompleted e) {
    OcsfDraft draft = step(entry, Activity.api("Complete"), "step.complete", e.step());
    ObjectNode step = draft.unmapped("step").put("attempt", e.attempt());
    step.put("skipped", e.skipped());
    e.output().ifPresent(output -> sealed(step, output));
    return draft.succeeded();
  }

  private static OcsfDraft failed(Entry entry, StepFailed e) {
    OcsfDraft draft = step(entry, Activity.api("Fail"), "step.fail", e.step());
    draft.unmapped("step").put("attempt", e.attempt()).put("dead", e.dead());
    draft.severity(e.dead() ? Severity.MEDIUM : Severity.LOW);
    return draft.failed(e.code());
  }

  private static OcsfDraft requested(Entry entry, HumanGateRequested e) {
    OcsfDraft draft = gate(entry, Change.CREATE, e.run(), e.gate(), e.callDigest());
    draft.control(Control.DELAYED).status("Pending");
    draft.comment(e.reasons().isEmpty() ? "gate.declared" : e.reasons().getFirst());
    ObjectNode gate = draft.unmapped("gate");
    gate.put("call", Shown.id(e.callId())).put("role", Shown.id(e.role()));
    gate.put("quorum", e.quorum()).put("expires_at", e.expiresAt().toEpochMilli());
    gate.put("requester", Shown.id(e.requester()));
    return draft;
  }

  private static OcsfDraft decisioned(Entry entry, HumanGateDecisioned e) {
    OcsfDraft draft = gate(entry, Change.UPDATE, e.run(), e.gate(), e.callDigest());
    if (entry.header().actor().kind() != Actor.Kind.TIMER) {
      draft.object("actor").set("user", OcsfDraft.user(e.approver()));
    }
    draft.comment(e.verdict().name());
    ObjectNode gate = draft.unmapped("gate");
    gate.put("channel", Shown.code(e.channel())).put("closes", e.closes());
    e.onBehalfOf().ifPresent(by -> gate.put("on_behalf_of", Shown.id(by)));
    gate.put("signed", e.signature().isPresent());
    return switch (e.verdict()) {
      case APPROVE -> draft.control(Control.APPROVED).succeeded();
      case DENY, EXPIRE -> draft.control(Control.REJECTED).failed(e.verdict().name());
      case WITHDRAW -> draft.control(Control.WITHDRAWN).succeeded();
      case ASK_INFO, ANSWER_INFO -> draft.control(Control.DELAYED).status("Pending");
    };
  }

  /// Names of parameters stay in the platform like their values.
  private static OcsfDraft corrected(Entry entry, CallCorrected e) {
    OcsfDraft draft = gate(entry, Change.UPDATE, e.run(), e.gate(), e.callDigest());
    draft.object("actor").set("user", OcsfDraft.user(e.corrector()));
    draft.control(Control.DELAYED).status("Pending").comment("CORRECT");
    draft
        .unmapped("gate")
        .put("call", Shown.id(e.callId()))
        .put("corrected_call", Shown.id(e.correctedCallId()))
        .put("corrected_digest", Shown.id(e.correctedDigest()))
        .put("channel", Shown.code(e.channel()))
        .put("signed", e.signature().isPresent());
    return draft;
  }

  private static OcsfDraft gate(
      Entry entry, Change change, String run, String gate, String callDigest) {
    OcsfDraft draft =
        AdministrationMapping.entity(entry, change, "approval", Shown.id(run) + "/" + gate);
    draft.unmapped("gate").put("call_digest", Shown.id(callDigest));
    return draft;
  }

  private static OcsfDraft evidence(Entry entry, EvidenceCaptured e) {
    OcsfDraft draft =
        step(entry, new Activity(OcsfClass.API_ACTIVITY, 1, "Create"), "evidence.capture", e.step())
            .resource("evidence", e.evidence().ref())
            .succeeded();
    ObjectNode evidence = draft.unmapped("evidence").put("kind", Shown.code(e.kind()));
    sealed(evidence, e.evidence());
    draft.unmapped("call").put("uid", Shown.id(e.callId()));
    return draft;
  }

  private static OcsfDraft held(Entry entry, CallHeld e) {
    OcsfDraft draft = step(entry, Activity.api("Hold Back"), "call.hold", e.step());
    draft.unmapped("call").put("uid", Shown.id(e.callId()));
    draft.unmapped("hold").put("subject", Shown.id(e.hold().subject()));
    return draft.control(Control.DELAYED).failed(e.hold().code());
  }

  private static OcsfDraft budget(
      Entry entry, String activity, String operation, String step, String call, Money amount) {
    OcsfDraft draft = step(entry, Activity.api(activity), operation, step).succeeded();
    money(draft.unmapped("cost"), amount);
    draft.unmapped("call").put("uid", Shown.id(call));
    return draft;
  }

  private static void sealed(ObjectNode node, SealedRef ref) {
    node.put("ciphertext_sha256", Shown.id(ref.ciphertextSha256())).put("bytes", ref.bytes());
  }
}

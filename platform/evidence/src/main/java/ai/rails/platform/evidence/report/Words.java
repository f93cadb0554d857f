package ai.rails.platform.evidence.report;

import java.util.Locale;

import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.worker.WorkerEvent;

/// Entries in the words of the product.
final class Words {
  private Words() {}

  /// What kind of entry it is. A kind that this version has no words for is named as it is.
  static String of(Fact fact) {
    return switch (fact.event()) {
      case RunEvent.RunTriggered _ -> "Run triggered";
      case RunEvent.StepScheduled _ -> "Step scheduled";
      case RunEvent.StepCompleted e -> e.skipped() ? "Step left out" : "Step completed";
      case RunEvent.StepFailed _ -> "Step failed";
      case RunEvent.PolicyEvaluated _ -> "Policy asked";
      case RunEvent.HumanGateRequested _ -> "Approval requested";
      case RunEvent.HumanGateDecisioned e -> verdict(e.verdict());
      case RunEvent.HumanGateEscalated _ -> "Others are asked";
      case RunEvent.CallCorrected _ -> "Call corrected";
      case RunEvent.ToolActionIntended _ -> "Call may leave";
      case RunEvent.ToolActionExecuted _ -> "Call answered";
      case RunEvent.ModelInvoked _ -> "Model answered";
      case RunEvent.EvidenceCaptured _ -> "Evidence sealed";
      case RunEvent.CallHeld _ -> "Call held back";
      case RunEvent.BudgetReserved _ -> "Budget reserved";
      case RunEvent.BudgetSettled _ -> "Budget settled";
      case RunEvent.RollbackApplied _ -> "Effect undone";
      case RunEvent.CallReconciled _ -> "Unknown call resolved";
      case RunEvent.RunRetried _ -> "Sent on by a person";
      case RunEvent.RunCancelled _ -> "Run cancelled";
      case RunEvent.RunCompleted _ -> "Run completed";
      case RunEvent.RunFailed _ -> "Run failed";
      case WorkerEvent.WorkerRegistered _ -> "Worker admitted";
      case WorkerEvent.AttestationVerified _ -> "Worker's evidence checked";
      case WorkerEvent.KeyReleaseEvaluated _ -> "Policy asked about keys";
      case WorkerEvent.CollateralArchived _ -> "What evidence is judged with, archived";
      case WorkerEvent.KeyReleased _ -> "Keys released";
      case WorkerEvent.KeyReleaseConfirmed _ -> "Keys opened by the worker";
      case WorkerEvent.KeyReleaseRefused _ -> "Keys refused";
      case WorkerEvent.KeyReleaseExpired _ -> "Keys expired";
      case WorkerEvent.PlatformWillBeDemoted _ -> "Platform will be demoted";
      case WorkerEvent.WorkerTerminated _ -> "Worker ended";
      default -> sentence(fact.leaf().eventType());
    };
  }

  /// The step, gate or worker it is about, and the one fact that matters.
  static String about(Fact fact) {
    return switch (fact.event()) {
      case RunEvent.RunTriggered e ->
          "%s %s by trigger %s".formatted(e.workflow(), e.version(), e.trigger());
      case RunEvent.StepScheduled e ->
          "%s, attempt %s: %s, %s"
              .formatted(e.step(), e.attempt(), lower(e.purpose().name()), lower(e.reason()));
      case RunEvent.StepCompleted e -> e.step();
      case RunEvent.StepFailed e ->
          "%s, attempt %s: %s%s"
              .formatted(e.step(), e.attempt(), e.code(), e.dead() ? "; waits for a person" : "");
      case RunEvent.PolicyEvaluated e -> e.step() + ": " + e.decision().effect().name();
      case RunEvent.HumanGateRequested e ->
          "%s: %s of role %s".formatted(e.gate(), e.quorum(), e.role());
      case RunEvent.HumanGateDecisioned e ->
          "%s, %s%s%s"
              .formatted(
                  e.gate(),
                  e.closes() ? "which decides it" : "which leaves it open",
                  e.onBehalfOf().map(by -> ", with the say of " + by).orElse(""),
                  e.signature().isPresent() ? ", signed with a passkey" : "");
      case RunEvent.HumanGateEscalated e ->
          "%s: %s of role %s, level %s".formatted(e.gate(), e.quorum(), e.role(), e.level());
      case RunEvent.CallCorrected e ->
          "%s, by %s: %s%s"
              .formatted(
                  e.gate(),
                  e.corrector(),
                  String.join(", ", e.fields()),
                  e.signature().isPresent() ? ", signed with a passkey" : "");
      case RunEvent.ToolActionIntended e ->
          "%s.%s to %s:%s%s"
              .formatted(
                  e.tool(),
                  e.action(),
                  e.host(),
                  e.port(),
                  e.runner().map(name -> " by runner " + name).orElse(""));
      case RunEvent.ToolActionExecuted e ->
          e.step()
              + ": "
              + lower(e.outcome().name())
              + (e.httpStatus() > 0 ? ", HTTP " + e.httpStatus() : "")
              + e.runner().map(name -> ", UNATTESTED, by runner " + name).orElse("");
      case RunEvent.ModelInvoked e -> "%s, %s".formatted(e.model(), Written.amount(e.cost()));
      case RunEvent.EvidenceCaptured e ->
          "%s, %s, %s bytes".formatted(e.step(), e.kind(), e.evidence().bytes());
      case RunEvent.CallHeld e ->
          "%s: %s of %s".formatted(e.step(), lower(e.hold().code()), e.hold().subject());
      case RunEvent.BudgetReserved e -> e.step() + ": " + Written.amount(e.amount());
      case RunEvent.BudgetSettled e ->
          e.step()
              + ": "
              + Written.amount(e.amount())
              + e.gpuMillis().map(", %,d ms of one GPU"::formatted).orElse("");
      case RunEvent.RollbackApplied e -> "%s undoes %s".formatted(e.step(), e.compensatedStep());
      case RunEvent.CallReconciled e ->
          "%s: %s, says %s".formatted(e.step(), lower(e.resolution().name()), e.by());
      case RunEvent.RunRetried e -> "%s by %s".formatted(e.step(), e.by());
      case RunEvent.RunCancelled e -> "by %s: %s".formatted(e.by(), e.reason());
      case RunEvent.RunCompleted e -> Written.amount(e.cost());
      case RunEvent.RunFailed e -> "%s: %s".formatted(e.step(), e.code());
      case WorkerEvent.AttestationVerified e -> "%s: %s".formatted(e.worker(), e.verdict());
      case WorkerEvent.KeyReleaseRefused e -> "%s: %s".formatted(e.worker(), e.code());
      case WorkerEvent e -> e.worker();
      default -> "";
    };
  }

  static String verdict(Verdict verdict) {
    return switch (verdict) {
      case APPROVE -> "Approved";
      case DENY -> "Denied";
      case ASK_INFO -> "Asked for information";
      case ANSWER_INFO -> "Answered a question";
      case WITHDRAW -> "Withdrawn";
      case EXPIRE -> "Expired, which is a no";
    };
  }

  /// A colour class; the word beside it says the same.
  static String tone(Verdict verdict) {
    return switch (verdict) {
      case APPROVE -> "chip pass";
      case DENY, EXPIRE -> "chip fail";
      case ASK_INFO, ANSWER_INFO, WITHDRAW -> "chip gate";
    };
  }

  static String tone(Effect effect) {
    return switch (effect) {
      case ALLOW -> "chip pass";
      case ROUTE -> "chip run";
      case REQUIRE_HITL, REQUIRE_STEP_UP, THROTTLE -> "chip gate";
      case DENY -> "chip fail";
    };
  }

  static String lower(String constant) {
    return constant.replace('_', ' ').toLowerCase(Locale.ROOT);
  }

  static String sentence(String constant) {
    String words = lower(constant);
    return words.isEmpty() ? words : constant.charAt(0) + words.substring(1);
  }
}

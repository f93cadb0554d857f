package ai.rails.domain.run;

import ai.rails.domain.EntryType;
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

/// The public name of each event of a run.
final class RunEntries {
  private RunEntries() {}

  static EntryType of(RunEvent event) {
    return switch (event) {
      case RunTriggered _ -> EntryType.TRIGGER_RECEIVED;
      case StepScheduled _ -> EntryType.STEP_SCHEDULED;
      case StepCompleted _ -> EntryType.STEP_COMPLETED;
      case StepFailed _ -> EntryType.STEP_FAILED;
      case PolicyEvaluated _ -> EntryType.POLICY_EVALUATED;
      case HumanGateRequested _ -> EntryType.HUMAN_GATE_REQUESTED;
      case HumanGateDecisioned _ -> EntryType.HUMAN_GATE_DECISIONED;
      case HumanGateEscalated _ -> EntryType.HUMAN_GATE_ESCALATED;
      case CallCorrected _ -> EntryType.CALL_CORRECTED;
      case ToolActionIntended _ -> EntryType.TOOL_ACTION_INTENDED;
      case ToolActionExecuted _ -> EntryType.TOOL_ACTION_EXECUTED;
      case ModelInvoked _ -> EntryType.MODEL_INVOKED;
      case EvidenceCaptured _ -> EntryType.EVIDENCE_CAPTURED;
      case CallHeld _ -> EntryType.CALL_HELD;
      case BudgetReserved _ -> EntryType.BUDGET_RESERVED;
      case BudgetSettled _ -> EntryType.BUDGET_SETTLED;
      case RollbackApplied _ -> EntryType.ROLLBACK_APPLIED;
      case CallReconciled _ -> EntryType.CALL_RECONCILED;
      case RunRetried _ -> EntryType.RUN_RETRIED;
      case RunCancelled _ -> EntryType.RUN_CANCELLED;
      case RunCompleted _ -> EntryType.WORKFLOW_COMPLETED;
      case RunFailed _ -> EntryType.WORKFLOW_FAILED;
    };
  }
}

package ai.rails.domain;

/// The public names of ledger entries. A name, once published, is never changed or reused.
public enum EntryType {
  TRIGGER_RECEIVED,
  STEP_SCHEDULED,
  STEP_COMPLETED,
  STEP_FAILED,
  POLICY_EVALUATED,
  HUMAN_GATE_REQUESTED,
  HUMAN_GATE_DECISIONED,
  TOOL_ACTION_INTENDED,
  TOOL_ACTION_EXECUTED,
  MODEL_INVOKED,
  EVIDENCE_CAPTURED,
  BUDGET_RESERVED,
  BUDGET_SETTLED,
  ROLLBACK_APPLIED,
  CALL_RECONCILED,
  RUN_RETRIED,
  RUN_CANCELLED,
  WORKFLOW_COMPLETED,
  WORKFLOW_FAILED,
  TENANT_CREATED,
  TENANT_PROVISIONED,
  WORKSPACE_CREATED,
  ROLES_SET,
  IDENTITY_LINKED,
  WORKFLOW_PUBLISHED,
  WORKFLOW_ACTIVATED,
  WORKFLOW_DEACTIVATED,
  ARTIFACT_REFUSED,
  CONNECTOR_INSTANCE_CREATED,
  CONNECTOR_INSTANCE_CHANGED,
  CREDENTIAL_STORED,
  BUDGET_LIMIT_SET,
  POLICY_BUNDLE_PUBLISHED,
  WORKER_REGISTERED,
  ATTESTATION_VERIFIED,
  KEY_RELEASED,
  KEY_RELEASE_REFUSED,
  WORKER_TERMINATED,
  ACCESS_REFUSED,
  RUN_ERASED,
  SUBJECT_ERASED,
  LEGAL_HOLD_PLACED,
  LEGAL_HOLD_RELEASED,
  RETENTION_SET,
  EVIDENCE_READ,
  EVIDENCE_EXPORTED;

  /// Whether a run is over with this entry; its leaf carries the run's count.
  public boolean endsRun() {
    return switch (this) {
      case WORKFLOW_COMPLETED, WORKFLOW_FAILED, RUN_CANCELLED -> true;
      default -> false;
    };
  }

  /// Whether somebody waits for the proof of this entry, so that the log's head follows at once.
  public boolean headFollows() {
    return switch (this) {
      case HUMAN_GATE_DECISIONED, KEY_RELEASED -> true;
      default -> endsRun();
    };
  }
}

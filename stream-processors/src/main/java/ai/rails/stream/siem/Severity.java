package ai.rails.stream.siem;

import ai.rails.domain.EntryType;

/// OCSF severities.
enum Severity {
  INFORMATIONAL(1, "Informational"),
  LOW(2, "Low"),
  MEDIUM(3, "Medium"),
  HIGH(4, "High"),
  CRITICAL(5, "Critical");

  private final int id;
  private final String caption;

  Severity(int id, String caption) {
    this.id = id;
    this.caption = caption;
  }

  int id() {
    return id;
  }

  String caption() {
    return caption;
  }

  /// What an entry of that type is worth by itself; its outcome may raise it. No `default`: whoever
  /// adds an entry type says here how loud it is.
  static Severity of(EntryType type) {
    return switch (type) {
      case TRIGGER_RECEIVED,
          STEP_SCHEDULED,
          STEP_COMPLETED,
          POLICY_EVALUATED,
          HUMAN_GATE_REQUESTED,
          HUMAN_GATE_DECISIONED,
          TOOL_ACTION_INTENDED,
          TOOL_ACTION_EXECUTED,
          MODEL_INVOKED,
          EVIDENCE_CAPTURED,
          BUDGET_RESERVED,
          BUDGET_SETTLED,
          WORKFLOW_COMPLETED,
          TENANT_CREATED,
          TENANT_PROVISIONED,
          WORKSPACE_CREATED,
          WORKER_REGISTERED,
          ATTESTATION_VERIFIED,
          COLLATERAL_ARCHIVED,
          WORKER_TERMINATED,
          EVIDENCE_READ,
          POLICY_SIMULATED ->
          INFORMATIONAL;
      case KEY_RELEASED, KEY_RELEASE_CONFIRMED, KEY_RELEASE_EXPIRED -> INFORMATIONAL;
      case STEP_FAILED,
          ROLLBACK_APPLIED,
          CALL_RECONCILED,
          RUN_RETRIED,
          RUN_CANCELLED,
          IDENTITY_LINKED,
          WORKFLOW_PUBLISHED,
          WORKFLOW_ACTIVATED,
          WORKFLOW_DEACTIVATED,
          RELEASE_APPROVED,
          ROLES_PROPOSED,
          ROLES_PROPOSAL_DECISIONED,
          CONNECTOR_INSTANCE_CREATED,
          CONNECTOR_INSTANCE_CHANGED,
          CREDENTIAL_STORED,
          BUDGET_LIMIT_SET,
          BUDGET_SET,
          CALL_HELD,
          LEGAL_HOLD_PLACED,
          EVIDENCE_EXPORTED,
          POLICY_DRAFTED,
          API_KEY_REVOKED ->
          LOW;
      case WORKFLOW_FAILED,
          ROLES_SET,
          POLICY_BUNDLE_PUBLISHED,
          ACCESS_REFUSED,
          RUN_ERASED,
          SUBJECT_ERASED,
          LEGAL_HOLD_RELEASED,
          RETENTION_SET,
          POLICY_DRAFT_DECISIONED,
          PAUSE_PLACED,
          PAUSE_LIFTED,
          API_KEY_ISSUED,
          BUDGET_EXHAUSTED,
          BREAKER_CHANGED ->
          MEDIUM;
      case SIEM_GRANTED, SIEM_ROTATED, SIEM_REVOKED -> MEDIUM;
      case KEY_RELEASE_REFUSED -> HIGH;
      case ARTIFACT_REFUSED -> CRITICAL;
    };
  }
}

package ai.rails.domain;

/// A command that the rules do not allow. It changes nothing.
///
/// The code is part of the API and never changes; the message is for people and may be reworded.
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Code code;

  public Refused(Code code, String message) {
    super(message);
    this.code = code;
  }

  public Code code() {
    return code;
  }

  /// Why a command was refused, in the words of the API.
  public enum Code {
    INVALID,
    NOT_FOUND,
    ALREADY_EXISTS,
    TENANT_NOT_ACTIVE,
    RUN_ENDED,
    STEP_NOT_OPEN,
    STALE_LEASE,
    CALL_ALREADY_FROZEN,
    CALL_ALREADY_INTENDED,
    CALL_ALREADY_EXECUTED,
    CALL_NOT_INTENDED,
    CALL_NOT_AMBIGUOUS,
    GATE_NOT_OPEN,
    GATE_EXPIRED,
    DIGEST_DIFFERS,
    REQUESTER_MAY_NOT_APPROVE,
    AUTHOR_MAY_NOT_APPROVE,
    NOT_AN_APPROVER,
    ALREADY_VOTED,
    NOTHING_TO_RETRY,
    NEEDS_RUN_AGAIN,
    BUDGET_EXCEEDED,
    ARTIFACT_ALTERED,
    RUN_NOT_OVER,
    RUN_ERASED,
    LEGAL_HOLD,
    FORBIDDEN,
    UNKNOWN_PERSON,
    TOO_MANY,
    RELEASE_REQUIRED,
    STEP_UP_REQUIRED,
    SIGNATURE_INVALID,
    TOO_MANY_APPROVALS,
    CORRECTOR_MAY_NOT_APPROVE,
    CONNECTOR_REVOKED
  }
}

package ai.rails.stream.siem;

import ai.rails.domain.policy.Decision;

/// What a control did: the profile `security_control`. What may not go on now is *Denied*, and its
/// disposition says why.
enum Control {
  ALLOWED(1, "Allowed", 1, "Allowed"),
  ROUTED(4, "Modified", 7, "Custom Action"),
  DELAYED(2, "Denied", 14, "Delayed"),
  CHALLENGED(2, "Denied", 23, "Challenge"),
  BLOCKED(2, "Denied", 2, "Blocked"),
  APPROVED(1, "Allowed", 8, "Approved"),
  REJECTED(2, "Denied", 25, "Rejected"),
  WITHDRAWN(2, "Denied", 24, "Access Revoked"),
  UNAUTHORIZED(2, "Denied", 26, "Unauthorized");

  private final int actionId;
  private final String action;
  private final int dispositionId;
  private final String disposition;

  Control(int actionId, String action, int dispositionId, String disposition) {
    this.actionId = actionId;
    this.action = action;
    this.dispositionId = dispositionId;
    this.disposition = disposition;
  }

  static Control of(Decision.Effect effect) {
    return switch (effect) {
      case ALLOW -> ALLOWED;
      case ROUTE -> ROUTED;
      case REQUIRE_HITL, THROTTLE -> DELAYED;
      case REQUIRE_STEP_UP -> CHALLENGED;
      case DENY -> BLOCKED;
    };
  }

  int actionId() {
    return actionId;
  }

  String action() {
    return action;
  }

  int dispositionId() {
    return dispositionId;
  }

  String disposition() {
    return disposition;
  }
}

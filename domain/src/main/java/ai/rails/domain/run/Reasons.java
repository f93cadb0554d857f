package ai.rails.domain.run;

import java.util.Set;

/// Codes that the rules themselves give as reasons and failures; workers and connectors add theirs.
public final class Reasons {
  public static final String NEEDS_MET = "NEEDS_MET";
  public static final String RETRY = "RETRY";
  public static final String RECOVER = "RECOVER";
  public static final String APPROVED = "APPROVED";
  public static final String CORRECTED = "CORRECTED";
  public static final String OPERATOR_RETRY = "OPERATOR_RETRY";
  public static final String RUN_AGAIN = "RUN_AGAIN";
  public static final String COMPENSATE = "COMPENSATE";
  public static final String GATE_REQUESTED = "GATE_REQUESTED";
  public static final String LEASE_EXPIRED = "LEASE_EXPIRED";
  public static final String STEP_TIMEOUT = "STEP_TIMEOUT";
  public static final String POLICY_DENIED = "POLICY_DENIED";
  public static final String POLICY_UNAVAILABLE = "POLICY_UNAVAILABLE";
  public static final String THROTTLED = "THROTTLED";
  public static final String BUDGET_EXCEEDED = "BUDGET_EXCEEDED";
  public static final String OVER_RATE = "OVER_RATE";
  public static final String TOO_MANY_AT_ONCE = "TOO_MANY_AT_ONCE";
  public static final String BREAKER_OPEN = "BREAKER_OPEN";
  public static final String RUNNER_AWAY = "RUNNER_AWAY";
  public static final String RUN_COST_CAP = "RUN_COST_CAP";
  public static final String RUN_DEADLINE = "RUN_DEADLINE";
  public static final String ROUTE_UNAVAILABLE = "ROUTE_UNAVAILABLE";
  public static final String APPROVAL_NOT_ENOUGH = "APPROVAL_NOT_ENOUGH";
  public static final String GATE_DENIED = "GATE_DENIED";
  public static final String NOT_DECIDED = "NOT_DECIDED";
  public static final String GATE_EXPIRED = "GATE_EXPIRED";
  public static final String CALL_NOT_DONE = "CALL_NOT_DONE";

  /// An attempt found that it is too early to look for what an earlier one did, and sent nothing.
  public static final String SETTLING = "SETTLING";

  /// Failures that say nothing about the step itself; they use up no attempt.
  static final Set<String> NOT_COUNTED =
      Set.of(POLICY_UNAVAILABLE, THROTTLED, BUDGET_EXCEEDED, SETTLING);

  private Reasons() {}
}

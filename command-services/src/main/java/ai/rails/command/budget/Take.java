package ai.rails.command.budget;

import ai.rails.domain.budget.Unit;

/// What somebody takes from budgets.
///
/// @param callId the call that it is set aside for; empty for what is used at once
/// @param open whether it is only set aside, until it is settled
public record Take(
    String workspace, String workflow, String callId, Unit unit, long amount, boolean open) {
  /// Used at once, and never given back.
  public static Take used(String workspace, String workflow, Unit unit, long amount) {
    return new Take(workspace, workflow, "", unit, amount, false);
  }

  /// Set aside for a call.
  public static Take aside(
      String workspace, String workflow, String callId, Unit unit, long amount) {
    return new Take(workspace, workflow, callId, unit, amount, true);
  }
}

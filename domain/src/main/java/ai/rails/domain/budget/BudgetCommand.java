package ai.rails.domain.budget;

/// What a budget can be asked.
public sealed interface BudgetCommand {
  String tenant();

  String budget();

  /// Caps the spending of a workspace in each calendar month from now on.
  ///
  /// @param budget the workspace's id
  record SetBudgetLimit(String tenant, String budget, Money monthly) implements BudgetCommand {}
}

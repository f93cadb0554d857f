package ai.rails.domain.budget;

import java.util.Optional;

/// What a budget can be asked.
public sealed interface BudgetCommand {
  String tenant();

  String budget();

  /// Caps the spending of a workspace in each calendar month from now on.
  ///
  /// @param budget the workspace's id
  record SetBudgetLimit(String tenant, String budget, Money monthly) implements BudgetCommand {}

  /// Caps, or no longer caps, what a scope may use in each period from now on.
  ///
  /// @param limit most of the unit in a period (billionths, of money); empty for no cap
  record SetBudget(String tenant, Scope scope, Period period, Unit unit, Optional<Long> limit)
      implements BudgetCommand {
    @Override
    public String budget() {
      return scope.budget();
    }
  }

  /// Something was refused because nothing was left. Told once for each window.
  ///
  /// @param window of the period, for example `2026-11-22`
  record NoteExhausted(
      String tenant, Scope scope, Period period, Unit unit, String window, long limit)
      implements BudgetCommand {
    @Override
    public String budget() {
      return scope.budget();
    }
  }
}

package ai.rails.domain.budget;

import java.util.Optional;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What happens to a budget: its limits, and that nothing is left of it. What is reserved and spent
/// are events of the runs.
public sealed interface BudgetEvent extends Event {
  String budget();

  /// Spending of a workspace in one calendar month is capped.
  record BudgetLimitSet(String budget, Money monthly) implements BudgetEvent {
    @Override
    public EntryType entryType() {
      return EntryType.BUDGET_LIMIT_SET;
    }
  }

  /// What a scope may use in each period was set, changed or no longer capped.
  ///
  /// @param workspace empty for the whole tenant
  /// @param workflow empty for all workflows of the workspace
  /// @param unit currency, `runs`, `calls`, `tokens` or `gpu-hours`
  /// @param limit billionths, of money and GPU-hours; absent for no cap
  /// @param before the cap until now
  record BudgetSet(
      String budget,
      String workspace,
      String workflow,
      Period period,
      String unit,
      Optional<Long> limit,
      Optional<Long> before)
      implements BudgetEvent {
    @Override
    public EntryType entryType() {
      return EntryType.BUDGET_SET;
    }
  }

  /// A run was refused because nothing was left for this window; told once for each.
  record BudgetExhausted(
      String budget,
      String workspace,
      String workflow,
      Period period,
      String unit,
      String window,
      long limit)
      implements BudgetEvent {
    @Override
    public EntryType entryType() {
      return EntryType.BUDGET_EXHAUSTED;
    }
  }
}

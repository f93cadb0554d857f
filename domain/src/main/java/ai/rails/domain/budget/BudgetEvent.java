package ai.rails.domain.budget;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What happens to a budget: its limits only. What is reserved and spent are events of the runs.
public sealed interface BudgetEvent extends Event {
  /// Spending of a workspace in one calendar month is capped.
  record BudgetLimitSet(String budget, Money monthly) implements BudgetEvent {
    @Override
    public EntryType entryType() {
      return EntryType.BUDGET_LIMIT_SET;
    }
  }
}

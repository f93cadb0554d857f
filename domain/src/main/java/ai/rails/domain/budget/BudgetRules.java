package ai.rails.domain.budget;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Decider;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.budget.BudgetCommand.SetBudgetLimit;
import ai.rails.domain.budget.BudgetEvent.BudgetLimitSet;

/// A budget keeps one currency for its life, since what was spent can not be added up otherwise.
public final class BudgetRules implements Decider<BudgetCommand, Budget, BudgetEvent> {
  @Override
  public Budget initial() {
    return Budget.NONE;
  }

  @Override
  public List<BudgetEvent> decide(Budget budget, BudgetCommand command, Instant now) {
    return switch (command) {
      case SetBudgetLimit c -> limit(budget, c);
    };
  }

  @Override
  public Budget evolve(Budget budget, BudgetEvent event) {
    return switch (event) {
      case BudgetLimitSet e -> new Budget(Optional.of(e.monthly()));
    };
  }

  private static List<BudgetEvent> limit(Budget budget, SetBudgetLimit c) {
    Optional<Money> before = budget.monthly();
    if (before.isPresent() && !before.get().currency().equals(c.monthly().currency())) {
      throw new Refused(
          Code.INVALID,
          "budget %s is kept in %s; it can not change to %s"
              .formatted(c.budget(), before.get().currency(), c.monthly().currency()));
    }
    return before.equals(Optional.of(c.monthly()))
        ? List.of()
        : List.of(new BudgetLimitSet(c.budget(), c.monthly()));
  }
}

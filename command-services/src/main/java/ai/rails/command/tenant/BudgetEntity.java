package ai.rails.command.tenant;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.budget.Budget;
import ai.rails.domain.budget.BudgetCommand;
import ai.rails.domain.budget.BudgetEvent;
import ai.rails.domain.budget.BudgetRules;

/// Budgets' limits on the write side.
public final class BudgetEntity {
  public static final Entity<BudgetCommand, Budget, BudgetEvent> TYPE =
      new Entity<>(
          "Budget",
          BudgetCommand.class,
          Budget.class,
          BudgetEvent.class,
          BudgetCommand::budget,
          new BudgetRules(),
          Enrich.none());

  private BudgetEntity() {}
}

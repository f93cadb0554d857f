package ai.rails.domain.budget;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Decider;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.budget.BudgetCommand.NoteExhausted;
import ai.rails.domain.budget.BudgetCommand.SetBudget;
import ai.rails.domain.budget.BudgetCommand.SetBudgetLimit;
import ai.rails.domain.budget.BudgetEvent.BudgetExhausted;
import ai.rails.domain.budget.BudgetEvent.BudgetLimitSet;
import ai.rails.domain.budget.BudgetEvent.BudgetSet;

/// A workspace's monthly budget keeps one currency for its life, since what was spent can not be
/// added up otherwise. Every other cap names the unit that it counts.
public final class BudgetRules implements Decider<BudgetCommand, Budget, BudgetEvent> {
  @Override
  public Budget initial() {
    return Budget.NONE;
  }

  @Override
  public List<BudgetEvent> decide(Budget budget, BudgetCommand command, Instant now) {
    return switch (command) {
      case SetBudgetLimit c -> limit(budget, c);
      case SetBudget c -> set(budget, c);
      case NoteExhausted c -> exhausted(budget, c);
    };
  }

  @Override
  public Budget evolve(Budget budget, BudgetEvent event) {
    return switch (event) {
      case BudgetLimitSet e ->
          budget
              .monthly(Optional.of(e.monthly()))
              .limited(Period.MONTH, e.monthly().currency(), Optional.of(e.monthly().nanos()));
      case BudgetSet e -> set(budget, e);
      case BudgetExhausted e -> budget.told(e.period(), e.unit(), e.window());
    };
  }

  private static Budget set(Budget budget, BudgetSet e) {
    Budget changed = budget.limited(e.period(), e.unit(), e.limit());
    boolean monthly =
        e.period() == Period.MONTH
            && budget.monthly().filter(m -> m.currency().equals(e.unit())).isPresent();
    return monthly ? changed.monthly(e.limit().map(nanos -> new Money(e.unit(), nanos))) : changed;
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

  private static List<BudgetEvent> set(Budget budget, SetBudget c) {
    if (c.limit().filter(limit -> limit < 0).isPresent()) {
      throw new Refused(Code.INVALID, "a cap is not negative; leave it out to lift it");
    }
    Optional<Long> before = budget.limit(c.period(), c.unit().name());
    return before.equals(c.limit())
        ? List.of()
        : List.of(
            new BudgetSet(
                c.budget(),
                c.scope().workspace(),
                c.scope().workflow(),
                c.period(),
                c.unit().name(),
                c.limit(),
                before));
  }

  private static List<BudgetEvent> exhausted(Budget budget, NoteExhausted c) {
    return budget.exhausted(c.period(), c.unit().name()).equals(Optional.of(c.window()))
        ? List.of()
        : List.of(
            new BudgetExhausted(
                c.budget(),
                c.scope().workspace(),
                c.scope().workflow(),
                c.period(),
                c.unit().name(),
                c.window(),
                c.limit()));
  }
}

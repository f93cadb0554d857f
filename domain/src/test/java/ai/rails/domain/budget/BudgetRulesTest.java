package ai.rails.domain.budget;

import java.time.Instant;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.budget.BudgetCommand.NoteExhausted;
import ai.rails.domain.budget.BudgetCommand.SetBudget;
import ai.rails.domain.budget.BudgetCommand.SetBudgetLimit;
import ai.rails.domain.budget.BudgetEvent.BudgetLimitSet;
import ai.rails.domain.budget.BudgetEvent.BudgetSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BudgetRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Money FIVE = new Money("USD", 5_000_000_000L);

  private final BudgetRules rules = new BudgetRules();

  @Test
  void limitIsSetOnceAndKeepsItsCurrency() {
    var set = new SetBudgetLimit("t1", "w1", FIVE);
    Budget five = rules.evolve(Budget.NONE, new BudgetLimitSet("w1", FIVE));
    assertThat(rules.decide(rules.initial(), set, NOON))
        .containsExactly(new BudgetLimitSet("w1", FIVE));
    assertThat(rules.decide(five, set, NOON)).isEmpty();
    assertThatThrownBy(
            () -> rules.decide(five, new SetBudgetLimit("t1", "w1", Money.zero("EUR")), NOON))
        .isInstanceOf(Refused.class);
  }

  @Test
  void capIsSetChangedAndLiftedOnceEach() {
    var scope = new Scope("w1", "f1");
    var ten = new SetBudget("t1", scope, Period.HOUR, Unit.CALLS, Optional.of(10L));
    var lift = new SetBudget("t1", scope, Period.HOUR, Unit.CALLS, Optional.empty());
    BudgetEvent set = rules.decide(rules.initial(), ten, NOON).getFirst();
    Budget capped = rules.evolve(rules.initial(), set);
    BudgetEvent lifted = rules.decide(capped, lift, NOON).getFirst();

    assertThat(set)
        .isEqualTo(
            new BudgetSet(
                "w1/f1", "w1", "f1", Period.HOUR, "calls", Optional.of(10L), Optional.empty()));
    assertThat(rules.decide(capped, ten, NOON)).isEmpty();
    assertThat(((BudgetSet) lifted).before()).contains(10L);
    assertThat(rules.decide(rules.evolve(capped, lifted), lift, NOON)).isEmpty();
  }

  @Test
  void exhaustionIsToldOnceForEachWindow() {
    var note = new NoteExhausted("t1", Scope.TENANT, Period.DAY, Unit.RUNS, "2026-11-21", 3);
    Budget told = rules.evolve(Budget.NONE, rules.decide(Budget.NONE, note, NOON).getFirst());
    var next = new NoteExhausted("t1", Scope.TENANT, Period.DAY, Unit.RUNS, "2026-11-22", 3);

    assertThat(rules.decide(told, note, NOON)).isEmpty();
    assertThat(rules.decide(told, next, NOON)).hasSize(1);
  }

  @Test
  void periodsBeginAndEndInUtc() {
    Instant late = Instant.parse("2026-12-31T23:59:59.999Z");

    assertThat(Period.MONTH.window(late)).isEqualTo("2026-12");
    assertThat(Period.MONTH.end(late)).isEqualTo(Instant.parse("2027-01-01T00:00:00Z"));
    assertThat(Period.DAY.start(late)).isEqualTo(Instant.parse("2026-12-31T00:00:00Z"));
    assertThat(Period.HOUR.window(late)).isEqualTo("2026-12-31T23");
  }
}

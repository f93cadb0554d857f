package ai.rails.domain.budget;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.budget.BudgetCommand.SetBudgetLimit;
import ai.rails.domain.budget.BudgetEvent.BudgetLimitSet;

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
}

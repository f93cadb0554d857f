package ai.rails.command.axon;

import java.time.InstantSource;
import java.util.List;

import org.axonframework.test.fixture.AxonTestFixture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.budget.BudgetCommand.SetBudgetLimit;
import ai.rails.domain.budget.BudgetEvent.BudgetLimitSet;
import ai.rails.domain.budget.Money;

/// Axon's own fixture over the registration that production uses.
class FixtureTest {
  private static final BudgetLimitSet ONE = new BudgetLimitSet("b1", new Money("USD", 1));

  private AxonTestFixture fixture;

  @BeforeEach
  void start() {
    fixture =
        AxonTestFixture.with(
            EntityModules.configurer(
                List.of(EngineTest.BUDGETS), InstantSource.fixed(EngineTest.NOON)),
            custom -> custom.disableAxonServer());
  }

  @AfterEach
  void stop() {
    fixture.stop();
  }

  @Test
  void firstCommandMakesTheStream() {
    inTenant(() ->
        fixture
            .given()
            .noPriorActivity()
            .when()
            .command(new SetBudgetLimit("t1", "b1", new Money("USD", 1)))
            .then()
            .success()
            .events(ONE));
  }

  @Test
  void whatHadHappenedMakesNoEvent() {
    inTenant(() ->
        fixture
            .given()
            .event(ONE, EntityModules.stream("Budget", "b1"))
            .when()
            .command(new SetBudgetLimit("t1", "b1", new Money("USD", 1)))
            .then()
            .success()
            .noEvents());
  }

  @Test
  void rulesDecideOverTheSourcedState() {
    inTenant(() ->
        fixture
            .given()
            .event(ONE, EntityModules.stream("Budget", "b1"))
            .when()
            .command(new SetBudgetLimit("t1", "b1", new Money("EUR", 1)))
            .then()
            .exception(Refused.class, "budget b1 is kept in USD; it can not change to EUR")
            .noEvents());
  }

  private static void inTenant(Runnable test) {
    ScopedValue.where(Exchange.CURRENT, new Exchange(EngineTest.context("t1", "w1"))).run(test);
  }
}

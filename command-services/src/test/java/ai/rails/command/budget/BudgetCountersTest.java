package ai.rails.command.budget;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.command.TestStore;
import ai.rails.command.budget.BudgetCounters.Settlement;
import ai.rails.domain.Refused;
import ai.rails.domain.budget.Money;
import ai.rails.domain.budget.Period;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;
import ai.rails.platform.postgres.Sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Budgets on a real PostgreSQL.
class BudgetCountersTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Unit USD = new Unit("USD");
  private static final int THREADS = 6;
  private static final int STEPS = 30;

  private static TestStore store;
  private static final AtomicInteger TENANTS = new AtomicInteger();

  private final BudgetCounters budgets = new BudgetCounters(new Money("USD", 1_000));
  private final String tenant = "b" + TENANTS.incrementAndGet();

  @BeforeAll
  static void open() {
    store = TestStore.open();
  }

  @AfterAll
  static void close() {
    store.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void capsHoldAndNothingThatFitsIsRefusedWhateverRuns(long seed) throws Exception {
    Random random = new Random(seed);
    set(Scope.TENANT, Period.DAY, USD, 200L + random.nextInt(1_000));
    set(new Scope("w1", ""), Period.MONTH, USD, 100L + random.nextInt(500));
    set(new Scope("w1", "f1"), Period.HOUR, USD, 50L + random.nextInt(300));
    set(new Scope("w2", ""), Period.MONTH, USD, 100L + random.nextInt(500));
    set(new Scope("w3", ""), Period.MONTH, USD, 10_000);
    set(Scope.TENANT, Period.HOUR, Unit.CALLS, 20L + random.nextInt(100));
    set(Scope.TENANT, Period.DAY, Unit.GPU_HOURS, 300L + random.nextInt(1_000));
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        long own = random.nextLong();
        int number = thread;
        all.add(threads.submit(() -> act(number, new Random(own), taken, refused)));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }

    assertThat(taken.get()).as("seed %d", seed).isPositive();
    assertThat(refused.get()).as("seed %d", seed).isPositive();
    for (Standing standing : standings()) {
      assertThat(standing.used() + standing.reserved())
          .as("seed %d, %s", seed, standing)
          .isLessThanOrEqualTo(standing.limit())
          .isEqualTo(journal(standing));
    }
  }

  /// Takes, settles, gives up and rolls back at random; each refusal must be true when it is made.
  private void act(int thread, Random random, AtomicInteger taken, AtomicInteger refused) {
    List<String> open = new ArrayList<>();
    Standing[] told = new Standing[1];
    var own = new BudgetCounters(new Money("USD", 1_000), (_, standing, _) -> told[0] = standing);
    for (int step = 0; step < STEPS; step++) {
      String workspace = "w" + (1 + random.nextInt(3));
      String workflow = "f" + (1 + random.nextInt(2));
      String call = "%d-%d".formatted(thread, step);
      long amount = 1L + random.nextInt(60);
      List<Take> takes =
          List.of(
              Take.used(workspace, workflow, Unit.CALLS, 1),
              Take.aside(workspace, workflow, call, USD, amount),
              Take.aside(workspace, workflow, call, Unit.GPU_HOURS, amount));
      boolean rollBack = random.nextInt(5) == 0;
      try {
        store.everything(c -> {
          try {
            own.take(c, tenant, takes, NOON);
          } catch (Refused no) {
            long asked = told[0].unit().equals(Unit.CALLS) ? 1 : amount;
            assertThat(told[0].used() + told[0].reserved() + asked)
                .as("refused: %s", no.getMessage())
                .isGreaterThan(told[0].limit());
            assertThat(journal(c, told[0])).isEqualTo(told[0].used() + told[0].reserved());
            refused.incrementAndGet();
            throw no;
          }
          if (rollBack) {
            throw new RolledBack();
          }
          return call;
        });
        taken.incrementAndGet();
        open.add(call);
      } catch (Refused | RolledBack _) {
        // nothing was taken
      }
      if (!open.isEmpty() && random.nextBoolean()) {
        String settled = open.remove(random.nextInt(open.size()));
        Optional<Long> actual = random.nextBoolean() ? Optional.of(0L) : Optional.empty();
        settle(new Settlement(settled, USD, actual, true));
        settle(new Settlement(settled, Unit.GPU_HOURS, actual, true));
      }
    }
  }

  private static final class RolledBack extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void capThatIsSetInMidPeriodCountsWhatWasTakenBefore() {
    take(Take.used("w1", "f1", Unit.CALLS, 7));
    take(Take.aside("w1", "f1", "c1", USD, 30));
    set(Scope.TENANT, Period.DAY, Unit.CALLS, 8);
    set(new Scope("w1", "f1"), Period.DAY, USD, 40);

    take(Take.used("w1", "f1", Unit.CALLS, 1));
    assertThatThrownBy(() -> take(Take.used("w2", "f1", Unit.CALLS, 1)))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("the tenant for the day 2026-11-22 covers 8 calls")
        .hasMessageContaining("rails cost budget set");
    assertThatThrownBy(() -> take(Take.aside("w1", "f1", "c2", USD, 11)))
        .isInstanceOf(Refused.class);
    settle(new Settlement("c1", USD, Optional.of(5L), true));
    take(Take.aside("w1", "f1", "c2", USD, 35));
  }

  @Test
  void raisedCapLetsMorePassAndALiftedOneEverything() {
    set(new Scope("w1", ""), Period.HOUR, Unit.TOKENS, 10);
    take(Take.used("w1", "f1", Unit.TOKENS, 10));
    assertThatThrownBy(() -> take(Take.used("w1", "f1", Unit.TOKENS, 1)))
        .isInstanceOf(Refused.class);
    set(new Scope("w1", ""), Period.HOUR, Unit.TOKENS, 11);
    take(Take.used("w1", "f1", Unit.TOKENS, 1));
    set(new Scope("w1", ""), Period.HOUR, Unit.TOKENS, 5);
    assertThatThrownBy(() -> take(Take.used("w1", "f1", Unit.TOKENS, 1)))
        .isInstanceOf(Refused.class);
    lift(new Scope("w1", ""), Period.HOUR, Unit.TOKENS);
    take(Take.used("w1", "f1", Unit.TOKENS, 1_000));
  }

  @Test
  void nextWindowStartsFromNothingAndTheLastOneIsSettledInItself() {
    set(new Scope("w1", ""), Period.HOUR, USD, 50);
    take(Take.aside("w1", "f1", "late", USD, 50));
    Instant next = NOON.plus(Duration.ofHours(1));

    store.everything(c -> {
      budgets.take(c, tenant, List.of(Take.aside("w1", "f1", "c2", USD, 50)), next);
      return next;
    });
    settle(new Settlement("late", USD, Optional.of(20L), true));

    Standing first = hour(NOON);
    Standing second = hour(next);
    assertThat(first.used()).isEqualTo(20);
    assertThat(first.reserved()).isZero();
    assertThat(second.reserved()).isEqualTo(50);
  }

  @Test
  void workspaceThatNobodyCappedHasTheInstallationsCapInItsCurrencyOnly() {
    take(Take.aside("w1", "f1", "c1", USD, 1_000));
    assertThatThrownBy(() -> take(Take.aside("w1", "f1", "c2", USD, 1)))
        .isInstanceOf(Refused.class);
    assertThatThrownBy(() -> take(Take.aside("w1", "f1", "c3", new Unit("EUR"), 1)))
        .isInstanceOf(Refused.class);
    assertThat(standings()).singleElement().matches(standing -> !standing.set());
  }

  private Standing hour(Instant at) {
    return store.everything(c -> budgets.all(c, tenant, at)).stream()
        .filter(standing -> standing.period() == Period.HOUR)
        .findFirst()
        .orElseThrow();
  }

  private List<Standing> standings() {
    return store.everything(c -> budgets.all(c, tenant, NOON));
  }

  private long journal(Standing standing) {
    return store.everything(c -> journal(c, standing));
  }

  /// What the journal says was taken in the window.
  private long journal(java.sql.Connection c, Standing standing) throws java.sql.SQLException {
    return Sql.one(
            c,
            """
            SELECT coalesce(sum(amount), 0)::bigint FROM budget_charge
             WHERE tenant = ? AND unit = ? AND (?::text = '' OR workspace = ?)
               AND (?::text = '' OR workflow = ?)
            """,
            row -> row.getLong(1),
            tenant,
            standing.unit().name(),
            standing.scope().workspace(),
            standing.scope().workspace(),
            standing.scope().workflow(),
            standing.scope().workflow())
        .orElseThrow();
  }

  private void take(Take take) {
    store.everything(c -> {
      budgets.take(c, tenant, List.of(take), NOON);
      return take;
    });
  }

  private void settle(Settlement settlement) {
    store.everything(c -> {
      budgets.settle(c, tenant, List.of(settlement));
      return settlement;
    });
  }

  private void set(Scope scope, Period period, Unit unit, long limit) {
    change(scope, period, unit, Optional.of(limit));
  }

  private void lift(Scope scope, Period period, Unit unit) {
    change(scope, period, unit, Optional.empty());
  }

  private void change(Scope scope, Period period, Unit unit, Optional<Long> limit) {
    store.everything(c -> {
      budgets.set(c, tenant, scope, period, unit, limit, NOON);
      return scope;
    });
  }
}

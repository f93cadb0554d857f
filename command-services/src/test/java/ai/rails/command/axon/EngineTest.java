package ai.rails.command.axon;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.axonframework.messaging.commandhandling.GenericCommandMessage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.command.Receipt;
import ai.rails.command.TestIds;
import ai.rails.command.TestStore;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.Refused;
import ai.rails.domain.budget.Budget;
import ai.rails.domain.budget.BudgetCommand;
import ai.rails.domain.budget.BudgetCommand.SetBudgetLimit;
import ai.rails.domain.budget.BudgetEvent;
import ai.rails.domain.budget.BudgetEvent.BudgetLimitSet;
import ai.rails.domain.budget.BudgetRules;
import ai.rails.domain.budget.Money;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The engine on a real PostgreSQL: positions, conflicts, one transaction, fences.
class EngineTest {
  static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  static final Entity<BudgetCommand, Budget, BudgetEvent> BUDGETS =
      new Entity<>(
          "Budget",
          BudgetCommand.class,
          Budget.class,
          BudgetEvent.class,
          BudgetCommand::budget,
          new BudgetRules(),
          Enrich.none());

  private static TestStore store;
  private static AxonCommandBus engine;
  private static CommandBus bus;

  @BeforeAll
  static void start() {
    store = TestStore.open().tenant("t1", "w1", "w2", "w3", "w4").tenant("t2", "w1");
    engine = engine();
    bus = new CommandBus(engine, () -> {}, new Random(1));
  }

  @AfterAll
  static void stop() {
    engine.close();
    store.close();
  }

  private static AxonCommandBus engine() {
    return AxonCommandBus.start(
        store.app(),
        List.of(BUDGETS),
        Map.of(),
        Set.of(),
        InstantSource.fixed(NOON),
        new TestIds());
  }

  @Test
  void positionsOfEachWorkspaceHaveNoGapsUnder64Writers() throws Exception {
    List<Callable<Receipt>> writers = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      int n = i;
      String workspace = "w" + (1 + n % 4);
      writers.add(() -> {
        Receipt last = set("t1", workspace, "positions-" + n, 1);
        for (int k = 2; k <= 5; k++) {
          last = set("t1", workspace, "positions-" + n, k);
        }
        return last;
      });
    }

    all(writers);

    assertThat(
            store.number(
                """
                SELECT count(*) FROM (
                  SELECT workspace FROM event WHERE tenant = 't1' GROUP BY workspace
                  HAVING count(*) <> max(position) OR min(position) <> 1) gaps\
                """))
        .isZero();
    assertThat(
            store.number(
                """
                SELECT count(*) FROM (
                  SELECT recorded_at < lag(recorded_at) OVER
                           (PARTITION BY workspace ORDER BY position) AS back
                    FROM event WHERE tenant = 't1') times WHERE back\
                """))
        .isZero();
    assertThat(store.app().lent()).isZero();
  }

  @Test
  void processesThatMeetOnOneStreamLoseNothing() throws Exception {
    try (AxonCommandBus other = engine()) {
      var second = new CommandBus(other, () -> {}, new Random(1));
      var amount = new AtomicInteger();
      List<Callable<Receipt>> writers = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        CommandBus either = i % 2 == 0 ? bus : second;
        writers.add(() -> set(either, "t1", "w1", "met", amount.incrementAndGet()));
      }

      all(writers);

      List<Recorded> history = bus.history("t1", "Budget", "met");
      assertThat(history).hasSize(32);
      assertThat(history.stream().map(r -> r.header().seq()).toList())
          .isSorted()
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void oneConflictIsToldApartFromOtherViolations() {
    CommandContext twice =
        context("t1", "w1")
            .with(c -> Sql.execute(c, "INSERT INTO run_key VALUES ('t1', 'same', '\\x00')"));
    bus.dispatch(twice, BUDGETS, command("t1", "violations", 1));

    assertThatThrownBy(() -> bus.dispatch(twice, BUDGETS, command("t1", "violations", 2)))
        .hasStackTraceContaining("run_key_pkey");
    assertThat(bus.history("t1", "Budget", "violations")).hasSize(1);
  }

  @Test
  void partsAndEventsAreWrittenTogetherOrNotAtAll() {
    CommandContext joined =
        context("t1", "w1")
            .with(c -> Sql.execute(c, "INSERT INTO run_key VALUES ('t1', 'joined', '\\x00')"));
    Refused no = new Refused(Refused.Code.FORBIDDEN, "no");

    assertThatThrownBy(() ->
            bus.dispatch(
                joined.with(_ -> {
                  throw no;
                }),
                BUDGETS,
                command("t1", "joined", 1)))
        .isSameAs(no);

    assertThat(bus.history("t1", "Budget", "joined")).isEmpty();
    assertThat(store.number("SELECT count(*) FROM run_key WHERE run = 'joined'")).isZero();
    assertThat(store.app().lent()).isZero();

    bus.dispatch(joined, BUDGETS, command("t1", "joined", 1));

    assertThat(bus.history("t1", "Budget", "joined")).hasSize(1);
    assertThat(store.number("SELECT count(*) FROM run_key WHERE run = 'joined'")).isOne();
  }

  @Test
  void commandThatHadHappenedStillWritesItsParts() {
    Receipt first = set("t1", "w1", "again", 7);
    CommandContext parts =
        context("t1", "w1")
            .with(c -> Sql.execute(c, "INSERT INTO run_key VALUES ('t1', 'again', '\\x00')"));

    Receipt second = bus.dispatch(parts, BUDGETS, command("t1", "again", 7));

    assertThat(second.events()).isEmpty();
    assertThat(second.position()).isGreaterThanOrEqualTo(first.position());
    assertThat(store.number("SELECT count(*) FROM run_key WHERE run = 'again'")).isOne();
  }

  @Test
  void whatTheRulesRefuseReachesTheCallerUnchanged() {
    set("t1", "w1", "euro", 1);

    assertThatThrownBy(() ->
            bus.dispatch(
                context("t1", "w1"),
                BUDGETS,
                new SetBudgetLimit("t1", "euro", new Money("EUR", 1))))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("it can not change to EUR");
  }

  @Test
  void unknownWorkspaceIsNotFound() {
    assertThatThrownBy(() -> set("t1", "nowhere", "lost", 1))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.code()).isEqualTo(Refused.Code.NOT_FOUND));
    assertThat(bus.history("t1", "Budget", "lost")).isEmpty();
  }

  @Test
  void tenantInTheMakingTakesOnlyItsOwnKindOfCommands() {
    store.tenant("t3", "w1");
    store.execute("UPDATE tenant SET status = 'PROVISIONING' WHERE tenant = 't3'");

    assertThatThrownBy(() -> set("t3", "w1", "early", 1))
        .isInstanceOfSatisfying(
            Refused.class, e -> assertThat(e.code()).isEqualTo(Refused.Code.TENANT_NOT_ACTIVE));

    try (AxonCommandBus exempt =
        AxonCommandBus.start(
            store.app(),
            List.of(BUDGETS),
            Map.of(),
            Set.of("Budget"),
            InstantSource.fixed(NOON),
            new TestIds())) {
      assertThat(
              set(new CommandBus(exempt, () -> {}, new Random(1)), "t3", "w1", "early", 1)
                  .position())
          .isOne();
    }
  }

  @Test
  void tenantsHaveStreamsOfTheirOwn() {
    set("t1", "w1", "shared-name", 1);
    set("t2", "w1", "shared-name", 2);

    assertThat(bus.load("t1", BUDGETS, "shared-name").monthly()).contains(new Money("USD", 1));
    assertThat(bus.load("t2", BUDGETS, "shared-name").monthly()).contains(new Money("USD", 2));
  }

  @Test
  void storedBytesAreTheEventWithItsHeader() {
    CommandContext context =
        new CommandContext(
            "t1",
            "w1",
            Optional.of("dev"),
            new Actor(Actor.Kind.USER, "ann"),
            "command-1",
            "correlation-1",
            Optional.of("00-trace"),
            Optional.of("r1"),
            Optional.of("triage"),
            List.of());
    Receipt receipt = bus.dispatch(context, BUDGETS, command("t1", "bytes", 5));

    byte[] bytes =
        store
            .everything(c ->
                Sql.one(
                    c,
                    "SELECT payload FROM event WHERE tenant = ? AND workspace = ? AND position = ?",
                    row -> row.getBytes(1),
                    "t1",
                    "w1",
                    receipt.position()))
            .orElseThrow();
    Recorded recorded = new EventCodec().decode(bytes);

    assertThat(recorded.event()).isEqualTo(new BudgetLimitSet("bytes", new Money("USD", 5)));
    assertThat(recorded.header())
        .usingRecursiveComparison()
        .ignoringFields("eventId")
        .isEqualTo(
            new Header(
                "",
                "t1",
                "w1",
                Optional.of("dev"),
                "Budget",
                "bytes",
                0,
                new Actor(Actor.Kind.USER, "ann"),
                "command-1",
                "correlation-1",
                Optional.of("00-trace"),
                NOON,
                Optional.of("r1"),
                Optional.of("triage")));
  }

  @Test
  void alteredRowsAreNotBelieved() {
    set("t1", "w1", "victim", 1);
    set("t1", "w1", "rich", 1_000);
    store.asOwner(
        """
        ALTER TABLE event DISABLE TRIGGER event_append_only;
        UPDATE event v SET payload = r.payload FROM event r
         WHERE v.stream_id = 'victim' AND r.stream_id = 'rich';
        ALTER TABLE event ENABLE TRIGGER event_append_only\
        """);

    assertThatThrownBy(() -> bus.load("t1", BUDGETS, "victim"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the store was altered");
  }

  @Test
  void commandPastTheBusHasNoTenantAndFails() {
    var message =
        new GenericCommandMessage(
            EntityModules.typeOf(SetBudgetLimit.class), command("t1", "past", 1));

    assertThatThrownBy(() -> engine.commands().dispatch(message, null).join())
        .hasRootCauseMessage("a command without a tenant; dispatch it by the CommandBus");
  }

  private static void all(List<Callable<Receipt>> work)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Receipt> done : threads.invokeAll(work)) {
        done.get();
      }
    }
  }

  private static Receipt set(String tenant, String workspace, String budget, long nanos) {
    return set(bus, tenant, workspace, budget, nanos);
  }

  private static Receipt set(
      CommandBus by, String tenant, String workspace, String budget, long nanos) {
    return by.dispatch(context(tenant, workspace), BUDGETS, command(tenant, budget, nanos));
  }

  private static SetBudgetLimit command(String tenant, String budget, long nanos) {
    return new SetBudgetLimit(tenant, budget, new Money("USD", nanos));
  }

  static CommandContext context(String tenant, String workspace) {
    return new CommandContext(
        tenant,
        workspace,
        Optional.empty(),
        new Actor(Actor.Kind.USER, "ann"),
        "command",
        "correlation",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }
}

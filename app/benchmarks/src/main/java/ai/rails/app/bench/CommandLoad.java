package ai.rails.app.bench;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import ai.rails.app.SystemIds;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;
import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.axon.AxonCommandBus;
import ai.rails.command.tenant.BudgetEntity;
import ai.rails.domain.Actor;
import ai.rails.domain.budget.BudgetCommand.SetBudgetLimit;
import ai.rails.domain.budget.Money;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.PostgresConfig;

/// Commands without policy, worker or world: each sets the limit of a budget that nobody uses, one
/// event in one transaction. All are of one workspace, so they queue at its head.
final class CommandLoad {
  static final int CALLERS = 32;

  private static final int CONNECTIONS = 20;
  private static final Duration WARM_UP = Duration.ofSeconds(2);
  private static final Duration LIMIT = Duration.ofSeconds(4);
  private static final int MOST = 20_000;

  private CommandLoad() {}

  static GovernedFigures.Commands run(
      EffectiveProperties properties, String tenant, String workspace) {
    Properties settings = new Properties();
    settings.putAll(properties.values());
    SystemIds ids = new SystemIds();
    try (Database database =
            Database.open(PostgresConfig.of(settings), PostgresConfig.Role.APP, CONNECTIONS);
        AxonCommandBus engine =
            AxonCommandBus.start(
                database,
                List.of(BudgetEntity.TYPE),
                Map.of(),
                Set.of(),
                InstantSource.system(),
                ids)) {
      CommandBus bus = new CommandBus(engine, () -> {}, new SecureRandom());
      Command command = number -> give(bus, ids, tenant, workspace, number);
      var _ = measure(WARM_UP, command);
      return measure(LIMIT, command);
    }
  }

  private static long give(
      CommandBus bus, SystemIds ids, String tenant, String workspace, int number) {
    String id = ids.get().toString();
    CommandContext context =
        new CommandContext(
            tenant,
            workspace,
            Optional.empty(),
            new Actor(Actor.Kind.SERVICE, "svc-bench"),
            id,
            id,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());
    return bus.dispatch(
            context, BudgetEntity.TYPE, new SetBudgetLimit(tenant, id, new Money("USD", number)))
        .position();
  }

  private interface Command {
    /// @return the position of the event
    long give(int number);
  }

  private static GovernedFigures.Commands measure(Duration limit, Command command) {
    AtomicInteger given = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    AtomicLong last = new AtomicLong();
    long began = System.nanoTime();
    List<Future<?>> callers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CALLERS; i++) {
        callers.add(
            threads.submit(() -> {
              while (System.nanoTime() - began < limit.toNanos()) {
                int number = given.incrementAndGet();
                if (number > MOST) {
                  return;
                }
                last.accumulateAndGet(command.give(number), Math::max);
                done.incrementAndGet();
              }
            }));
      }
      for (Future<?> caller : callers) {
        caller.get();
      }
    } catch (ExecutionException e) {
      throw new Unavailable("a command was refused: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while giving commands", e);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    return new GovernedFigures.Commands(CALLERS, done.get(), done.get() / seconds, last.get());
  }
}

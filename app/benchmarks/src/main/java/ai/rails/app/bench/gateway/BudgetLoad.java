package ai.rails.app.bench.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

import ai.rails.app.bench.policy.OneWrite;
import ai.rails.app.embedded.Unavailable;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.budget.Take;
import ai.rails.domain.budget.Money;
import ai.rails.domain.budget.Period;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;
import ai.rails.platform.postgres.Database;

/// Many reserve from one budget at the same time, each in a transaction of its own.
final class BudgetLoad {
  private static final Unit CURRENCY = new Unit("USD");
  private static final long PLENTY = 1L << 50;

  private final Database database;
  private final BudgetCounters counters = new BudgetCounters(new Money("USD", PLENTY));
  private final AtomicLong call = new AtomicLong();

  BudgetLoad(Database database) {
    this.database = database;
  }

  /// Reservations a second from one budget of the whole tenant, by callers of 16 workspaces.
  double tenant(int callers, Duration within) throws InterruptedException {
    set(new Scope("", ""), Optional.of(PLENTY));
    double rate = rate(callers, OneWrite.WORKSPACES, within);
    set(new Scope("", ""), Optional.empty());
    return rate;
  }

  /// The same from the budget of one workspace, by callers of that workspace.
  double workspace(int callers, Duration within) throws InterruptedException {
    return rate(callers, 1, within);
  }

  private void set(Scope scope, Optional<Long> amount) {
    var _ =
        database.inTenant(
            OneWrite.TENANT,
            c -> {
              counters.set(
                  c, OneWrite.TENANT, scope, Period.MONTH, CURRENCY, amount, Instant.now());
              return true;
            });
  }

  private double rate(int callers, int workspaces, Duration within) throws InterruptedException {
    AtomicLong done = new AtomicLong();
    long began = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        String workspace = OneWrite.WORKSPACE + i % workspaces;
        all.add(
            threads.submit(() -> {
              while (System.nanoTime() - began < within.toNanos()) {
                reserve(workspace);
                done.incrementAndGet();
              }
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new Unavailable("a reservation failed: " + e.getCause(), e);
    }
    return done.get() * 1e9 / (System.nanoTime() - began);
  }

  private void reserve(String workspace) {
    String id = "bench-" + call.incrementAndGet();
    var _ =
        database.inTenant(
            OneWrite.TENANT,
            c -> {
              counters.take(
                  c,
                  OneWrite.TENANT,
                  List.of(Take.aside(workspace, OneWrite.WORKFLOW.id(), id, CURRENCY, 1)),
                  Instant.now());
              return true;
            });
  }
}

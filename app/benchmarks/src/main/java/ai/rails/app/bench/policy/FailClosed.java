package ai.rails.app.bench.policy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import ai.rails.app.bench.policy.FailClosedFigures.ByFault;
import ai.rails.app.bench.policy.FailClosedFigures.Control;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;

/// The benchmark of the product's promise: tool attempts while policy is killed, paused, stale,
/// lying or partitioned, and how many of them the world saw.
public final class FailClosed {
  /// Attempts between faults, which must all get out.
  private static final int CONTROL = 64;

  private static final int MOST_PER_ROUND = 1_000;
  private static final Duration HEALING = Duration.ofSeconds(90);
  private static final Duration SETTLING = Duration.ofMillis(500);

  private final Path data;
  private final Map<String, String> environment;
  private final FailClosedJournal journal;
  private final Consumer<String> progress;

  /// @param data a new, empty directory for the servers
  /// @param journal file that is added to
  public FailClosed(
      Path data, Map<String, String> environment, Path journal, Consumer<String> progress) {
    this.data = data;
    this.environment = Map.copyOf(environment);
    this.journal = new FailClosedJournal(journal);
    this.progress = progress;
  }

  /// Makes that many attempts under faults, evenly, and returns what the journal then holds.
  public FailClosedFigures measure(int attempts) throws IOException {
    progress.accept("starting PostgreSQL, OPA, the egress proxy and a sink");
    try (GuardedCell cell = GuardedCell.open(data, environment)) {
      Attempts worker = new Attempts(cell);
      awaitHealth(cell, Fault.KILLED);
      Attempts.Done _ = worker.make(CONTROL); // cold code is slow, and slow is held back
      String measurement = cell.ids().get().toString();
      int left = attempts;
      while (left > 0) {
        for (Fault fault : Fault.values()) {
          int most = Math.min(MOST_PER_ROUND, Math.max(1, attempts / Fault.values().length));
          int count = Math.min(left, most);
          if (count > 0) {
            round(cell, worker, measurement, fault, count);
            left -= count;
          }
        }
      }
    }
    return journal.figures();
  }

  private void round(GuardedCell cell, Attempts worker, String measurement, Fault fault, int count)
      throws IOException {
    awaitHealth(cell, fault);
    long before = cell.sink().reached();
    Attempts.Done healthy = worker.make(CONTROL);
    Control control =
        new Control(healthy.attempts(), healthy.intents(), cell.sink().reached() - before);
    long started = System.nanoTime();
    ByFault faulty = faulty(cell, worker, fault, count);
    journal.add(new FailClosedJournal.Round(measurement, fault.word(), faulty, control));
    progress.accept(
        "%s: %s attempts, %s reached the sink, in %s s; healthy before: %s of %s"
            .formatted(
                fault.word(),
                count,
                faulty.reachedSink(),
                (System.nanoTime() - started) / 1_000_000_000L,
                control.reachedSink(),
                control.attempts()));
  }

  private static ByFault faulty(GuardedCell cell, Attempts worker, Fault fault, int count)
      throws IOException {
    try (Healing _ = Healing.of(cell.inflict(fault))) {
      if (fault == Fault.STALE && !Wait.until(HEALING, () -> cell.serves(false))) {
        throw new Unavailable("OPA did not take the bundles whose lease has ended");
      }
      long reached = cell.sink().reached();
      long decisions = cell.recorded("POLICY_EVALUATED");
      Attempts.Done done = worker.make(count);
      // What is on its way may still arrive, and would count.
      boolean _ = Wait.until(SETTLING, () -> cell.sink().reached() > reached);
      return new ByFault(
          done.attempts(),
          cell.sink().reached() - reached,
          done.intents(),
          cell.recorded("POLICY_EVALUATED") - decisions,
          done.answers(),
          done.proxy());
    }
  }

  private static void awaitHealth(GuardedCell cell, Fault next) {
    if (!Wait.until(HEALING, () -> cell.serves(true))) {
      throw new Unavailable(
          "policy did not become healthy within %s before it was to be %s"
              .formatted(HEALING, next.word()));
    }
  }

  /// Ends a fault.
  private interface Healing extends AutoCloseable {
    static Healing of(AutoCloseable fault) {
      return () -> {
        try {
          fault.close();
        } catch (Exception e) {
          throw new Unavailable("a fault could not be ended: " + e.getMessage(), e);
        }
      };
    }

    @Override
    void close();
  }
}

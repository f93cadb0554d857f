package ai.rails.app.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import ai.rails.app.embedded.Unavailable;

/// A closed loop: each of `concurrency` callers begins its next run when its last has completed, so
/// that the load can never be more than what is taken.
///
/// @param limit no run begins after it
record Load(int concurrency, int mostRuns, Duration limit) {
  private static final int MOST_CALLERS = 256;

  Load {
    if (concurrency < 1 || concurrency > MOST_CALLERS || mostRuns < 1 || !limit.isPositive()) {
      throw new IllegalArgumentException(
          "a load has 1 to %d callers, at least one run and a positive limit, not %d, %d, %s"
              .formatted(MOST_CALLERS, concurrency, mostRuns, limit));
    }
  }

  /// Runs that completed, and the time from the first trigger to the last completion.
  record Done(List<String> runs, Duration took) {
    Done {
      runs = List.copyOf(runs);
    }

    double perSecond() {
      return runs.size() / (took.toNanos() / 1e9);
    }
  }

  /// @throws Unavailable when one run failed: a rate over failures says nothing
  Done on(Engine engine) {
    AtomicInteger left = new AtomicInteger(mostRuns);
    Queue<String> completed = new ConcurrentLinkedQueue<>();
    long began = System.nanoTime();
    List<Future<?>> callers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < concurrency; i++) {
        callers.add(
            threads.submit(() -> {
              while (System.nanoTime() - began < limit.toNanos() && left.getAndDecrement() > 0) {
                completed.add(engine.once());
              }
            }));
      }
      callers.forEach(Load::join);
    }
    return new Done(List.copyOf(completed), Duration.ofNanos(System.nanoTime() - began));
  }

  private static void join(Future<?> caller) {
    try {
      caller.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while measuring", e);
    }
  }
}

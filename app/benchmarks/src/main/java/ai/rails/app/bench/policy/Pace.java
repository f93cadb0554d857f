package ai.rails.app.bench.policy;

import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// How fast something is asked, and how long each question took.
final class Pace {
  private Pace() {}

  /// What was answered; the rest was not in time.
  ///
  /// @param perSecond answers
  /// @param p50Ms nearest rank, as all of them
  record Took(int count, double perSecond, double p50Ms, double p99Ms, double maxMs) {
    static Took of(Queue<Long> nanos, Duration wall) {
      long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
      return new Took(
          sorted.length,
          sorted.length / (wall.toNanos() / 1e9),
          rank(sorted, 50),
          rank(sorted, 99),
          rank(sorted, 100));
    }

    private static double rank(long[] sorted, int percent) {
      int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
      return sorted.length == 0 ? 0 : sorted[Math.max(0, rank - 1)] / 1e6;
    }
  }

  /// Asks so many times a second, whether or not the answers are there: one that waits makes none
  /// of those after it come later. A question's time begins when it is handed over.
  static Took steadily(int perSecond, Duration length, BooleanSupplier question) {
    Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    Queue<RuntimeException> failed = new ConcurrentLinkedQueue<>();
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long count = perSecond * length.toMillis() / 1000;
      for (long i = 0; i < count; i++) {
        long due = start + i * 1_000_000_000L / perSecond;
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        long begun = System.nanoTime();
        threads.execute(() -> timed(begun, question, nanos, failed));
      }
    }
    return done(nanos, start, failed);
  }

  /// Asks from so many places, each again as soon as it has its answer.
  static Took atOnce(int callers, Duration length, BooleanSupplier question) {
    Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    Queue<RuntimeException> failed = new ConcurrentLinkedQueue<>();
    long start = System.nanoTime();
    long end = start + length.toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < callers; i++) {
        threads.execute(() -> {
          while (System.nanoTime() < end) {
            timed(System.nanoTime(), question, nanos, failed);
          }
        });
      }
    }
    return done(nanos, start, failed);
  }

  private static void timed(
      long begun, BooleanSupplier question, Queue<Long> nanos, Queue<RuntimeException> failed) {
    try {
      if (question.getAsBoolean()) {
        nanos.add(System.nanoTime() - begun);
      }
    } catch (RuntimeException e) {
      failed.add(e);
    }
  }

  private static Took done(Queue<Long> nanos, long start, Queue<RuntimeException> failed) {
    for (RuntimeException first : failed) {
      throw first;
    }
    return Took.of(nanos, Duration.ofNanos(System.nanoTime() - start));
  }

  /// The middle one of a few, in milliseconds.
  static double median(long[] nanos) {
    long[] sorted = nanos.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[(sorted.length - 1) / 2] / 1e6;
  }

  /// The longest of a few, in milliseconds.
  static double longest(long[] nanos) {
    return Arrays.stream(nanos).max().orElse(0) / 1e6;
  }
}

package ai.rails.app.bench;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import ai.rails.app.embedded.Unavailable;

/// When the peer's runs began, asked, were answered and wrote. Thread-safe.
final class Marks {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Map<String, Run> runs = new ConcurrentHashMap<>();

  Run of(String run) {
    return runs.computeIfAbsent(run, _ -> new Run());
  }

  /// One run. The workflow's thread and its caller's hand it to each other through the latch and
  /// the workflow's end.
  static final class Run {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final long triggered = System.nanoTime();
    private volatile long model;
    private volatile long askedAt;
    private volatile long decidedAt;
    private volatile long writtenAt;

    void modelTook(long nanos) {
      model = nanos;
    }

    void asked() {
      askedAt = System.nanoTime();
      asked.countDown();
    }

    void awaitAsked() {
      try {
        if (!asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          throw new Unavailable(
              "a workflow did not ask for approval within " + PATIENCE.toSeconds() + " s");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Unavailable("interrupted while waiting for a workflow", e);
      }
    }

    void decided() {
      decidedAt = System.nanoTime();
    }

    void written() {
      writtenAt = System.nanoTime();
    }

    /// Trigger to write-back, less the model's time and the human's.
    Duration overhead() {
      return Duration.ofNanos(writtenAt - triggered - model - (decidedAt - askedAt));
    }
  }
}

package ai.rails.app.demo;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import ai.rails.app.embedded.Unavailable;

/// Asks again until there is an answer.
public final class Waiter {
  private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

  private Waiter() {}

  /// @throws Unavailable naming what did not come in time
  public static <T> T until(String what, Duration limit, Supplier<Optional<T>> question) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<T> answer = question.get();
      if (answer.isPresent()) {
        return answer.get();
      }
      if (System.nanoTime() > end) {
        throw new Unavailable("%s did not happen within %d s".formatted(what, limit.toSeconds()));
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}

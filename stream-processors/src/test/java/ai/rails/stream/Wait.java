package ai.rails.stream;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// Waits for a condition.
public final class Wait {
  private static final Duration PAUSE = Duration.ofMillis(50);

  private Wait() {}

  /// @throws AssertionError naming `what` if it does not come true within `limit`
  public static void until(String what, Duration limit, Callable<Boolean> condition)
      throws Exception {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within %s: %s".formatted(limit, what));
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}

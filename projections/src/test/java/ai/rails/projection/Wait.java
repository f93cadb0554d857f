package ai.rails.projection;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/// Waits for a condition.
public final class Wait {
  private static final Duration PAUSE = Duration.ofMillis(20);

  private Wait() {}

  /// @throws AssertionError naming `what` if it does not come true within `limit`
  public static void until(String what, Duration limit, Callable<Boolean> condition)
      throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new AssertionError("not within %s: %s".formatted(limit, what));
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  /// Like [#until], but the condition must hold for ten looks in a row.
  public static void untilStays(String what, Duration limit, Callable<Boolean> condition)
      throws Exception {
    int[] held = {0};
    until(
        what,
        limit,
        () -> {
          held[0] = condition.call() ? held[0] + 1 : 0;
          return held[0] == 10;
        });
  }
}

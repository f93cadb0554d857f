package ai.rails.command;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for what must become true soon.
public final class Soon {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Soon() {}

  public static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within %s: %s".formatted(LIMIT, what));
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }
}

package ai.rails.command.policy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import static org.assertj.core.api.Assertions.fail;

/// Waits for a condition, and says what was seen last if it does not come.
final class Await {
  private static final long LIMIT = Duration.ofSeconds(30).toNanos();

  private Await() {}

  static <T> T until(Callable<T> look, Predicate<T> good) {
    long end = System.nanoTime() + LIMIT;
    while (true) {
      T seen = seen(look);
      if (good.test(seen)) {
        return seen;
      }
      if (System.nanoTime() > end) {
        return fail("after 30 s still: " + seen);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private static <T> T seen(Callable<T> look) {
    try {
      return look.call();
    } catch (Exception e) {
      throw new IllegalStateException("could not look", e);
    }
  }
}

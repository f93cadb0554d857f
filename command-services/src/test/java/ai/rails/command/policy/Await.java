package ai.rails.command.policy;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

import static org.assertj.core.api.Assertions.fail;

/// Waits for a condition, and says what was seen last if it does not come.
final class Await {
  private static final long LIMIT = Duration.ofSeconds(30).toNanos();

  private Await() {}

  static <T> T until(Supplier<T> look, Predicate<T> good) {
    long end = System.nanoTime() + LIMIT;
    while (true) {
      T seen = look.get();
      if (good.test(seen)) {
        return seen;
      }
      if (System.nanoTime() > end) {
        return fail("after 30 s still: " + seen);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }
}

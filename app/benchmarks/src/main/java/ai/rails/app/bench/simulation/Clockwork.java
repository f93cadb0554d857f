package ai.rails.app.bench.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/// Virtual time: what is to happen, in order, on one thread, from one seed.
final class Clockwork {
  private record Due(long at, long order, Runnable act) {}

  private final PriorityQueue<Due> due =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
  private final Random random;
  private long now = 1_000_000;
  private long order;

  Clockwork(long seed) {
    this.random = new Random(seed);
  }

  /// Milliseconds.
  long now() {
    return now;
  }

  void in(long millis, Runnable act) {
    due.add(new Due(now + Math.max(0, millis), order++, act));
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  /// @param most included
  long between(long least, long most) {
    return least + random.nextLong(most - least + 1);
  }

  /// @return false if nothing is left to happen before the end
  boolean step(long end) {
    Due next = due.poll();
    if (next == null || next.at() > end) {
      return false;
    }
    now = Math.max(now, next.at());
    next.act().run();
    return true;
  }
}

package ai.rails.projection.feed;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How far each log has been folded, for readers that wait for a position. Thread-safe.
public final class Progress {
  private final Map<String, Long> positions = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private volatile boolean ended;

  /// Takes over what a transaction folded: log (`tenant/workspace`) to position.
  public void move(Map<String, Long> to) {
    to.forEach((log, position) -> positions.merge(log, position, Math::max));
    lock.lock();
    try {
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Lets nobody wait any longer: the server stops.
  public void end() {
    ended = true;
    move(Map.of());
  }

  public boolean ended() {
    return ended;
  }

  /// Nothing is folded any longer.
  void reset() {
    positions.clear();
  }

  public long position(String tenant, String workspace) {
    return positions.getOrDefault(Heads.key(tenant, workspace), 0L);
  }

  /// How many readers wait at the moment; for metrics.
  public int waiting() {
    lock.lock();
    try {
      return lock.getWaitQueueLength(moved);
    } finally {
      lock.unlock();
    }
  }

  /// Waits until a log is folded at least to a position.
  ///
  /// @return whether it is, before the time is over
  public boolean await(String tenant, String workspace, long position, Duration limit)
      throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (position(tenant, workspace) < position && left > 0 && !ended) {
        left = moved.awaitNanos(left);
      }
      return position(tenant, workspace) >= position;
    } finally {
      lock.unlock();
    }
  }
}

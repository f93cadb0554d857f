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
  private long moves;

  /// Takes over what a transaction folded.
  public void move(Map<String, Long> to) {
    to.forEach((key, position) -> positions.merge(key, position, Math::max));
    lock.lock();
    try {
      moves++;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  public long position(String tenant, String workspace) {
    return positions.getOrDefault(tenant + "/" + workspace, 0L);
  }

  /// Waits until a log is folded at least to a position.
  ///
  /// @return whether it is, before the time is over
  public boolean await(String tenant, String workspace, long position, Duration limit)
      throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (position(tenant, workspace) < position && left > 0) {
        left = moved.awaitNanos(left);
      }
      return position(tenant, workspace) >= position;
    } finally {
      lock.unlock();
    }
  }

  /// Counts the moves so far; for [#awaitMove].
  public long moves() {
    lock.lock();
    try {
      return moves;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for a log to move since `seen` moves were counted, or for the time to be over.
  public void awaitMove(long seen, Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (moves == seen && left > 0) {
        left = moved.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }
}

package ai.rails.stream.signer;

import java.util.concurrent.atomic.AtomicInteger;

import ai.rails.stream.signer.CheckpointStore.StoreFailed;

/// Kills a process at one of its durable steps, before or after the step has its effect. What is
/// dead does nothing any more.
final class Faults {
  private final AtomicInteger left;
  private volatile boolean dead;

  /// @param steps how many half steps it lives
  Faults(int steps) {
    this.left = new AtomicInteger(steps);
  }

  static Faults none() {
    return new Faults(Integer.MAX_VALUE);
  }

  boolean dead() {
    return dead;
  }

  /// @throws StoreFailed if the process is dead, or dies here
  void step() {
    if (dead || left.getAndDecrement() <= 0) {
      dead = true;
      throw new StoreFailed("killed", new IllegalStateException("killed"));
    }
  }
}

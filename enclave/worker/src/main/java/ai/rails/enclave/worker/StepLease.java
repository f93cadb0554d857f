package ai.rails.enclave.worker;

import java.time.Duration;
import java.util.function.LongSupplier;

/// The time for which a step attempt is this worker's, told by this machine's monotonic clock.
///
/// The control plane's times are used only as differences, counted from when the claim was sent:
/// the lease ends here no later than it ends there, whatever the clocks say. Thread-safe.
final class StepLease implements Fence {
  private final LongSupplier nanos;
  private final long claimSentNanos;
  private final long claimAnsweredMillis;
  private final Duration whole;
  private volatile long endNanos;
  private volatile boolean lost;

  /// @param nanos monotonic clock
  /// @param claimSentNanos its value before the claim was sent
  /// @param claimAnsweredMillis the control plane's time of its answer
  /// @param leaseUntilMillis the control plane's time of the lease's end
  StepLease(
      LongSupplier nanos, long claimSentNanos, long claimAnsweredMillis, long leaseUntilMillis) {
    this.nanos = nanos;
    this.claimSentNanos = claimSentNanos;
    this.claimAnsweredMillis = claimAnsweredMillis;
    this.whole = Duration.ofMillis(leaseUntilMillis - claimAnsweredMillis);
    this.endNanos = local(leaseUntilMillis);
  }

  /// Whether more than a quarter of it is gone: too much for a call that is about to begin.
  boolean isWorn() {
    return left().compareTo(whole.multipliedBy(3).dividedBy(4)) < 0;
  }

  /// Takes a lease's new end.
  ///
  /// @return false if it is no later: the attempt's time ends with it
  boolean extend(long leaseUntilMillis) {
    long end = local(leaseUntilMillis);
    boolean longer = end - endNanos > 0;
    endNanos = end;
    return longer;
  }

  /// Ends the attempt for good.
  void lose() {
    lost = true;
  }

  /// Time left, zero when it is over.
  Duration left() {
    return lost ? Duration.ZERO : Duration.ofNanos(Math.max(0, endNanos - nanos.getAsLong()));
  }

  @Override
  public void pass() {
    if (left().isZero()) {
      throw new Abandoned("LEASE_LOST");
    }
  }

  private long local(long leaseUntilMillis) {
    return claimSentNanos + Duration.ofMillis(leaseUntilMillis - claimAnsweredMillis).toNanos();
  }
}

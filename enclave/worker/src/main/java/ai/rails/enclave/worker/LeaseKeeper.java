package ai.rails.enclave.worker;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Renew;

/// Renews a step attempt's lease at half of what is left, on a virtual thread of its own, until the
/// attempt is done. When the lease is lost it interrupts the attempt's thread, so that even a call
/// that is under way ends.
///
/// Made and closed by the attempt's thread.
final class LeaseKeeper implements Fence, AutoCloseable {
  private static final Duration SHORTEST = Duration.ofMillis(20);
  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  private final ControlPlane controlPlane;
  private final Attempt attempt;
  private final StepLease lease;
  private final Fence fence;
  private final Thread worker = Thread.currentThread();
  private final Thread keeper;
  // Guarded by this: after it is set the worker thread is no longer interrupted.
  private boolean done;

  /// @param fence closes the attempt for other reasons than its lease
  LeaseKeeper(ControlPlane controlPlane, Attempt attempt, StepLease lease, Fence fence) {
    this.controlPlane = controlPlane;
    this.attempt = attempt;
    this.lease = lease;
    this.fence = fence;
    this.keeper = Thread.ofVirtual().name("lease-" + attempt.step()).start(this::keep);
  }

  private void keep() {
    try {
      boolean longer = true;
      while (true) {
        // What can not be made longer any more is only waited out.
        Duration pause = longer ? lease.left().dividedBy(2) : lease.left();
        Thread.sleep(pause.compareTo(SHORTEST) < 0 ? SHORTEST : pause);
        longer = renew();
      }
    } catch (InterruptedException e) {
      // The attempt is done.
    } catch (RuntimeException e) {
      LOG.warn(
          "lease lost run={} step={} attempt={} epoch={} reason={}",
          attempt.run(),
          attempt.step(),
          attempt.attempt(),
          attempt.epoch(),
          e.getMessage());
      lose();
    }
  }

  @Override
  public void pass() {
    lease.pass();
    fence.pass();
  }

  /// Makes the lease long before a call begins: the call's tunnel is cut shortly before the lease's
  /// end, as it stood when the call was let go.
  ///
  /// @throws Abandoned if the lease is lost
  void freshen() throws InterruptedException {
    if (lease.isWorn()) {
      boolean _ = renew();
    }
  }

  private boolean renew() throws InterruptedException {
    return lease.extend(controlPlane.renew(new Renew(attempt), this).orAbandon().leaseUntil());
  }

  private synchronized void lose() {
    lease.lose();
    if (!done) {
      worker.interrupt();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      done = true;
    }
    keeper.interrupt();
  }
}

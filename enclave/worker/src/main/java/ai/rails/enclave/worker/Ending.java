package ai.rails.enclave.worker;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends a worker's or runner's process in order: on a signal, or when its parent is gone. A worker
/// that still waits for its keys is interrupted, one that works is let finish; without a parent it
/// is not let finish for long, since there is nobody left to whom it could report.
public final class Ending implements AutoCloseable {
  /// Exit status of a worker that outlived its parent.
  static final int ORPHANED = 87;

  private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
  private static final Duration WITHOUT_PARENT = Duration.ofSeconds(3);

  private final Thread main = Thread.currentThread();
  private final CountDownLatch ended = new CountDownLatch(1);
  // Guarded by this.
  private @Nullable Runnable stop;
  private boolean asked;

  private Ending() {}

  /// Called by the thread that is to end.
  ///
  /// @param withParent end when standard input does: the parent holds its other end
  public static Ending begin(boolean withParent) {
    var ending = new Ending();
    Runtime.getRuntime().addShutdownHook(new Thread(ending::endAndWait));
    if (withParent) {
      Thread.ofPlatform().daemon().name("parent").start(ending::awaitParent);
    }
    return ending;
  }

  /// From now on this is how work is stopped.
  public synchronized void stops(Runnable next) {
    stop = next;
    if (asked) {
      next.run();
    }
  }

  private synchronized void end() {
    asked = true;
    if (stop == null) {
      main.interrupt();
    } else {
      stop.run();
    }
  }

  private void endAndWait() {
    if (ended.getCount() == 0) {
      return;
    }
    end();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitParent() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      LOG.warn("standard input failed; the parent is taken for gone cause={}", e.toString());
    }
    end();
    try {
      if (!ended.await(WITHOUT_PARENT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("the parent is gone and work is under way; it is left to be recovered");
        Runtime.getRuntime().halt(ORPHANED);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Everything has been closed.
  @Override
  public void close() {
    ended.countDown();
  }
}

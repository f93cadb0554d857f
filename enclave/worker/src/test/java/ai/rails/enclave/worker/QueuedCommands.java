package ai.rails.enclave.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import ai.rails.schema.StepCommand;

/// A step-commands topic in memory, one partition.
final class QueuedCommands implements StepCommands {
  final List<Long> answered = new CopyOnWriteArrayList<>();
  volatile boolean paused;
  private final BlockingQueue<Received> queue = new LinkedBlockingQueue<>();
  private long next;

  synchronized long add(StepCommand command) {
    queue.add(new Received(0, next, command));
    return next++;
  }

  @Override
  public List<Received> poll(Duration wait) {
    var received = new ArrayList<Received>();
    if (!paused) {
      try {
        Received first = queue.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          received.add(first);
          queue.drainTo(received);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return received;
  }

  @Override
  public void pause(boolean pause) {
    paused = pause;
  }

  @Override
  public boolean owns(Received received) {
    return true;
  }

  @Override
  public void answered(Received received) {
    answered.add(received.offset());
  }

  @Override
  public void close() {}
}

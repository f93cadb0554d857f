package ai.rails.stream;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A part that is started again when it has stopped by itself. All parts go on where they were, so
/// a new start loses and doubles nothing; a part that stops at once is tried less and less often.
///
/// One thread starts and closes the part; anybody asks.
final class Supervised implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Supervised.class);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration STOP = Duration.ofMinutes(1);

  private final String name;
  private final Start start;
  private final Pauses pauses;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread keeper;
  private final AtomicInteger restarts = new AtomicInteger();

  // Written by the starter, then by the keeper only; absent between two starts.
  private volatile @Nullable Part part;
  private volatile String refused = "";

  /// What can stop by itself.
  interface Part extends AutoCloseable {
    boolean up();

    /// Whether it has stopped for good: only a new one goes on.
    boolean ended();

    String state();

    @Override
    void close() throws IOException;
  }

  /// Makes and starts a part.
  @FunctionalInterface
  interface Start {
    Part start() throws Exception;
  }

  /// How long is waited before a new start: doubling up to a bound, from the beginning again when a
  /// part lived for as long as `settled`.
  record Pauses(Duration first, Duration longest, Duration settled) {
    static final Pauses USUAL =
        new Pauses(Duration.ofMillis(500), Duration.ofSeconds(15), Duration.ofMinutes(1));

    Duration after(Duration pause) {
      Duration longer = pause.multipliedBy(2);
      return longer.compareTo(longest) > 0 ? longest : longer;
    }
  }

  private Supervised(String name, Start start, Pauses pauses, Part first) {
    this.name = name;
    this.start = start;
    this.pauses = pauses;
    this.part = first;
    this.keeper = Thread.ofPlatform().daemon().name("keep-" + name).unstarted(this::keep);
  }

  /// Starts a part and keeps it.
  ///
  /// @throws Exception what the first start throws; later ones are tried again
  static Supervised start(String name, Start start, Pauses pauses) throws Exception {
    var supervised = new Supervised(name, start, pauses, start.start());
    supervised.keeper.start();
    return supervised;
  }

  boolean up() {
    return current().map(Part::up).orElse(false);
  }

  /// The part's own words, and how often it was started again.
  String state() {
    String now = current().map(Part::state).orElse("DOWN " + refused);
    return restarts.get() == 0 ? now : "%s (%d restarts)".formatted(now, restarts.get());
  }

  int restarts() {
    return restarts.get();
  }

  /// Stops keeping the part, and the part.
  @Override
  public void close() throws IOException {
    stop.countDown();
    try {
      if (!keeper.join(STOP)) {
        LOG.atError().addKeyValue("part", name).log("a part does not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Part last = part;
    if (last != null) {
      last.close();
    }
  }

  private Optional<Part> current() {
    return Optional.ofNullable(part);
  }

  private void keep() {
    Duration pause = pauses.first();
    long startedAt = System.nanoTime();
    while (!stopped(LOOK)) {
      Part running = part;
      if (running != null && !running.ended()) {
        continue;
      }
      if (running != null) {
        pause = settled(startedAt) ? pauses.first() : pause;
        discard(running, pause);
      }
      if (stopped(pause)) {
        return;
      }
      pause = pauses.after(pause);
      startedAt = System.nanoTime();
      again();
    }
  }

  private boolean settled(long startedAt) {
    return System.nanoTime() - startedAt > pauses.settled().toNanos();
  }

  private void discard(Part ended, Duration pause) {
    refused = ended.state();
    LOG.atWarn()
        .addKeyValue("part", name)
        .addKeyValue("state", refused)
        .addKeyValue("pause", pause)
        .log("a part stopped, starting it again");
    part = null;
    try {
      ended.close();
    } catch (IOException | RuntimeException e) {
      LOG.atWarn().addKeyValue("part", name).setCause(e).log("a stopped part was not closed");
    }
  }

  private void again() {
    try {
      part = start.start();
      LOG.atInfo()
          .addKeyValue("part", name)
          .addKeyValue("restarts", restarts.incrementAndGet())
          .log("started again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      refused = e.getClass().getSimpleName();
      LOG.atWarn()
          .addKeyValue("part", name)
          .addKeyValue("cause", String.valueOf(e.getMessage()))
          .log("a part can not be started yet");
    }
  }

  private boolean stopped(Duration within) {
    try {
      return stop.await(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}

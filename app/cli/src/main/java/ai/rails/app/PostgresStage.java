package ai.rails.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Postgres;
import ai.rails.app.embedded.Secrets;

/// PostgreSQL, started again when its process is gone: what was committed is there again, and
/// whoever uses it waits and goes on.
final class PostgresStage implements Stage {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresStage.class);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final Path directory;
  private final Secrets secrets;
  private final Path binaries;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile @Nullable Thread keeper;

  // Written by the starter and the keeper, one after the other.
  private volatile @Nullable Postgres postgres;
  private volatile int port;
  private volatile int restarts;

  PostgresStage(Path directory, Secrets secrets, Path binaries) {
    this.directory = directory;
    this.secrets = secrets;
    this.binaries = binaries;
  }

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public void start(EffectiveProperties properties) {
    port = properties.requireInt("postgres.port");
    postgres = Postgres.start(directory, binaries, port, secrets);
    keeper = Thread.ofPlatform().daemon().name("keeper-postgres").start(this::keep);
  }

  private void keep() {
    Duration pause = FIRST_PAUSE;
    while (!stopped(LOOK)) {
      Postgres running = postgres;
      if (running != null && running.alive()) {
        pause = FIRST_PAUSE;
        continue;
      }
      LOG.atWarn().addKeyValue("pause", pause).log("PostgreSQL ended, starting it again");
      if (stopped(pause)) {
        return;
      }
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
      again();
    }
  }

  private void again() {
    end();
    try {
      postgres = Postgres.start(directory, binaries, port, secrets);
      int count = restarts + 1;
      restarts = count;
      LOG.atInfo().addKeyValue("restarts", count).log("PostgreSQL was started again");
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("PostgreSQL can not be started yet");
    }
  }

  private void end() {
    Postgres running = postgres;
    postgres = null;
    if (running != null) {
      try {
        running.close();
      } catch (RuntimeException e) {
        LOG.atDebug().setCause(e).log("PostgreSQL had ended already");
      }
    }
  }

  private boolean stopped(Duration within) {
    try {
      return stopping.await(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void stop() {
    stopping.countDown();
    Thread running = keeper;
    try {
      if (running != null) {
        running.join();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    Postgres last = postgres;
    if (last != null) {
      last.close();
      postgres = null;
    }
  }

  @Override
  public String health() {
    Postgres running = postgres;
    if (running == null) {
      return restarts == 0 && keeper == null ? "down: not started" : "down: being started again";
    }
    String health = running.health();
    return health.equals("up") && restarts > 0 ? "up (%d restarts)".formatted(restarts) : health;
  }
}

package ai.rails.app;

import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;

/// Starts an installation and stops it in reverse. The servers come up together, the stages after
/// them one by one.
final class Launcher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);

  /// What the outside may know about a launcher.
  enum State {
    STARTING,
    READY,
    STOPPING
  }

  /// What to start: `servers` need nobody, `stages` need those before them.
  record Plan(List<Stage> servers, List<Stage> stages) {
    Plan {
      servers = List.copyOf(servers);
      stages = List.copyOf(stages);
    }
  }

  private final Plan plan;
  private final Consumer<String> progress;
  private final long began = System.nanoTime();

  // Changed under the lock of `this`, which a start holds until its stage is up; read without.
  private final Deque<Stage> running = new ConcurrentLinkedDeque<>();
  private volatile State state = State.STARTING;
  private volatile double readyAfterSeconds;

  private Launcher(Plan plan, Consumer<String> progress) {
    this.plan = plan;
    this.progress = progress;
  }

  static Launcher of(Plan plan, Consumer<String> progress) {
    return new Launcher(plan, progress);
  }

  /// Returns when all are ready. When one fails, those before it are stopped and its error is
  /// thrown.
  void start(EffectiveProperties properties) {
    try {
      startTogether(plan.servers(), properties);
      plan.stages().forEach(stage -> startOne(stage, properties));
      becomeReady();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  State state() {
    return state;
  }

  double readyAfterSeconds() {
    return readyAfterSeconds;
  }

  /// Those that run, in the order in which they started.
  List<Stage> running() {
    return List.copyOf(running).reversed();
  }

  /// Waits for a stage that is just starting, then stops everything. A stage that cannot stop does
  /// not keep the others.
  @Override
  public void close() {
    state = State.STOPPING;
    synchronized (this) {
      while (!running.isEmpty()) {
        Stage stage = running.pop();
        try {
          stage.stop();
          progress.accept("stopped " + stage.name());
        } catch (RuntimeException e) {
          LOG.atError().addKeyValue("stage", stage.name()).setCause(e).log("stage did not stop");
        }
      }
    }
  }

  private synchronized void startTogether(List<Stage> servers, EffectiveProperties properties) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Duration>> starts =
          servers.stream().map(server -> threads.submit(() -> timed(server, properties))).toList();
      RuntimeException failure = null;
      for (int i = 0; i < servers.size(); i++) {
        try {
          entered(servers.get(i), starts.get(i).get());
        } catch (ExecutionException e) {
          failure =
              e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          failure = new Unavailable("interrupted while starting", e);
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }

  private synchronized void startOne(Stage stage, EffectiveProperties properties) {
    if (state == State.STOPPING) {
      throw new Unavailable("stopped before " + stage.name() + " was started");
    }
    entered(stage, timed(stage, properties));
  }

  private void entered(Stage stage, Duration took) {
    running.push(stage);
    progress.accept("%-12s %5.1f s".formatted(stage.name(), seconds(took)));
  }

  private synchronized void becomeReady() {
    if (state == State.STOPPING) {
      throw new Unavailable("stopped before it was ready");
    }
    readyAfterSeconds = seconds(Duration.ofNanos(System.nanoTime() - began));
    state = State.READY;
    progress.accept("READY after %.1f s".formatted(readyAfterSeconds));
  }

  private static Duration timed(Stage stage, EffectiveProperties properties) {
    long start = System.nanoTime();
    stage.start(properties);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}

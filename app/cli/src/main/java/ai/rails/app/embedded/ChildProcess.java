package ai.rails.app.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A program that the launcher started and keeps running: restarted with growing pauses when it
/// crashes, ended with the launcher.
///
/// Its stdin is a pipe that closes when the launcher dies. On Linux the kernel also sends it
/// SIGTERM then; that signal follows the *thread* that started it, so one platform thread starts
/// the child and stays with it. What escapes both is ended by the next launcher, which finds it
/// under `run/`.
public final class ChildProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
  private static final Duration SETTLED = Duration.ofSeconds(30);
  private static final List<String> INHERITED =
      List.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ");

  private final Command command;
  private final Path record;
  private final Path log;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch started = new CountDownLatch(1);
  private final Thread keeper;

  // Written by the keeper thread only.
  private volatile @Nullable Process process;
  private volatile @Nullable IOException refused;
  private final AtomicInteger restarts = new AtomicInteger();

  /// What to run: only `environment` and a few harmless variables are handed on, since the
  /// launcher's own may hold secrets.
  public record Command(String name, List<String> arguments, Map<String, String> environment) {
    public Command {
      arguments = List.copyOf(arguments);
      environment = Map.copyOf(environment);
    }
  }

  private ChildProcess(Path data, Command command) {
    this.command = command;
    this.record = data.resolve("run").resolve(command.name() + ".pid");
    this.log = PrivateFile.directory(data.resolve("logs")).resolve(command.name() + ".log");
    this.keeper =
        Thread.ofPlatform().daemon().name("keeper-" + command.name()).unstarted(this::keep);
  }

  public static ChildProcess start(Path data, Command command) {
    var child = new ChildProcess(data, command);
    child.keeper.start();
    try {
      child.started.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      child.close();
      throw new Unavailable("interrupted while starting " + command.name(), e);
    }
    IOException refused = child.refused;
    if (refused != null) {
      throw new Unavailable(
          "cannot start %s: %s".formatted(command.name(), refused.getMessage()), refused);
    }
    return child;
  }

  /// Ends what an earlier launcher on this data directory left running; returns the names.
  public static List<String> endRecorded(Path data) {
    var ended = new ArrayList<String>();
    Path run = PrivateFile.directory(data.resolve("run"));
    try (DirectoryStream<Path> records = Files.newDirectoryStream(run, "*.pid")) {
      for (Path record : records) {
        if (ProcessIdentity.read(record).map(child -> child.end(PATIENCE)).orElse(false)) {
          ended.add(record.getFileName().toString().replaceFirst("\\.pid$", ""));
        }
        Files.deleteIfExists(record);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + run, e);
    }
    return List.copyOf(ended);
  }

  public String name() {
    return command.name();
  }

  public Path log() {
    return log;
  }

  /// Empty while a crashed child waits for its restart.
  public Optional<ProcessIdentity> identity() {
    return Optional.ofNullable(process)
        .filter(Process::isAlive)
        .map(p -> ProcessIdentity.of(p.toHandle()));
  }

  public int restarts() {
    return restarts.get();
  }

  /// `up ...`, or what is wrong.
  public String health() {
    return identity()
        .map(child -> "up (pid %d, %d restarts)".formatted(child.pid(), restarts.get()))
        .orElseGet(
            () -> "down: %s crashed %d times, see %s".formatted(name(), restarts.get() + 1, log));
  }

  @Override
  public void close() {
    stopping.countDown();
    Process running = process;
    if (running != null) {
      ProcessIdentity.end(running.toHandle(), PATIENCE);
    }
    try {
      keeper.join(PATIENCE);
      Files.deleteIfExists(record);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + record, e);
    }
  }

  /// The keeper thread: start, wait for the end, pause, start again. A first start that fails is
  /// told to the starter; later ones are tried again.
  private void keep() {
    Duration pause = FIRST_PAUSE;
    while (true) {
      long startedAt = System.nanoTime();
      boolean first = started.getCount() > 0;
      String end = launched() ? "status " + waitForEnd() : "not started";
      if (stopped(Duration.ZERO) || (first && refused != null)) {
        return;
      }
      boolean settled = System.nanoTime() - startedAt > SETTLED.toNanos();
      pause = settled ? FIRST_PAUSE : pause;
      LOG.atWarn()
          .addKeyValue("child", name())
          .addKeyValue("end", end)
          .addKeyValue("pause", pause)
          .log("child ended, starting it again");
      if (stopped(pause)) {
        return;
      }
      restarts.incrementAndGet();
      Duration longer = pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
    }
  }

  private boolean launched() {
    try {
      requireProgram();
      Process launched = builder().start();
      process = launched;
      ProcessIdentity.of(launched.toHandle()).record(record);
      if (stopped(Duration.ZERO)) {
        ProcessIdentity.end(launched.toHandle(), PATIENCE); // close() looked before it was there
      }
      return true;
    } catch (IOException e) {
      refused = e;
      LOG.atError().addKeyValue("child", name()).setCause(e).log("child cannot be started");
      return false;
    } finally {
      started.countDown();
    }
  }

  /// With a prefix in front, a missing program would look like one that crashes.
  private void requireProgram() throws IOException {
    String program = command.arguments().getFirst();
    if (program.contains("/") && !Files.isExecutable(Path.of(program))) {
      throw new IOException("no executable " + program);
    }
  }

  private ProcessBuilder builder() {
    var arguments = new ArrayList<>(ParentDeath.prefix());
    arguments.addAll(command.arguments());
    var builder = new ProcessBuilder(arguments);
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(INHERITED);
    environment.putAll(command.environment());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
  }

  private int waitForEnd() {
    Process running = process;
    if (running == null) {
      throw new IllegalStateException("nothing was started");
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return running.waitFor();
        } catch (InterruptedException _) {
          interrupted = true; // nobody interrupts the keeper to end it: close() does
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean stopped(Duration within) {
    try {
      return stopping.await(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      return true;
    }
  }
}

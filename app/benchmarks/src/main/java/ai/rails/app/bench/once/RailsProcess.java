package ai.rails.app.bench.once;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;

/// `rails` as a process of its own, which is killed and started again. One thread owns it.
final class RailsProcess implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(3);
  private static final Duration END = Duration.ofSeconds(40);

  private final Path log;
  private final String ready;
  private final Map<String, String> environment;
  private final List<String> arguments;
  private Process process;

  private RailsProcess(
      Path log, String ready, Map<String, String> environment, List<String> arguments)
      throws IOException {
    this.log = log;
    this.ready = ready;
    this.environment = environment;
    this.arguments = arguments;
    this.process = launched();
  }

  /// Starts it and waits for a word in its output.
  static RailsProcess start(
      Path log, String ready, Map<String, String> environment, String... arguments) {
    try {
      return new RailsProcess(log, ready, environment, List.of(arguments));
    } catch (IOException e) {
      throw new UncheckedIOException("rails can not be started", e);
    }
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /// After it was killed: waits until it is ready again.
  void restart() {
    try {
      process = launched();
    } catch (IOException e) {
      throw new UncheckedIOException("rails can not be started again", e);
    }
  }

  /// `kill -9`; returns when it is gone.
  static void kill(ProcessHandle process) {
    process.destroyForcibly();
    if (!Wait.until(END, () -> !process.isAlive())) {
      throw new IllegalStateException("pid %s does not die".formatted(process.pid()));
    }
  }

  private Process launched() throws IOException {
    Files.deleteIfExists(log);
    ProcessBuilder builder =
        new ProcessBuilder(command())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Process started = builder.start();
    // Nobody else ends it when this process is told to.
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroy));
    boolean decided = Wait.until(READY, () -> said() || !started.isAlive());
    if (!decided || !said()) {
      started.destroyForcibly();
      throw new Unavailable("rails %s never said '%s'; see %s".formatted(arguments, ready, log));
    }
    return started;
  }

  private List<String> command() {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx640m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "ai.rails.app.Main"));
    command.addAll(arguments);
    return command;
  }

  private boolean said() {
    try {
      return Files.exists(log) && Files.readString(log).contains(ready);
    } catch (IOException _) {
      return false;
    }
  }

  /// Asks it to end, as `rails down` does.
  @Override
  public void close() {
    process.destroy();
    if (!Wait.until(END, () -> !process.isAlive())) {
      kill(process.toHandle());
    }
  }
}

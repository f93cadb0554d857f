package ai.rails.app.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import ai.rails.app.embedded.ProcessIdentity;
import ai.rails.app.embedded.Wait;

/// `rails` as a process of its own, which can be killed.
final class RailsProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Process process;
  private final Path log;

  private RailsProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /// Starts it and waits for a word in its output.
  static RailsProcess start(
      Path log, String ready, Map<String, String> environment, String... arguments) {
    try {
      Files.deleteIfExists(log);
      var builder =
          new ProcessBuilder(command(arguments))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      var started = new RailsProcess(builder.start(), log);
      boolean decided = Wait.until(LIMIT, () -> started.said(ready) || !started.process.isAlive());
      if (!decided || !started.said(ready)) {
        started.kill();
        throw new IllegalStateException(
            "rails %s never said %s:%n%s".formatted(List.of(arguments), ready, started.output()));
      }
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(String... arguments) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx768m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "ai.rails.app.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  private boolean said(String word) {
    return output().contains(word);
  }

  String output() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `kill -9`.
  void kill() {
    Signals.kill(process.toHandle());
  }

  /// Asks it to end, as `rails down` does.
  @Override
  public void close() {
    process.destroy();
    if (!Wait.until(LIMIT, () -> !process.isAlive())) {
      kill();
    }
  }

  ProcessIdentity identity() {
    return ProcessIdentity.of(process.toHandle());
  }
}

package ai.rails.app.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import ai.rails.app.embedded.Unavailable;

import static java.nio.charset.StandardCharsets.UTF_8;

/// How long `rails up` takes, from a new process to READY, as a person sees it.
final class ReadyTime {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private ReadyTime() {}

  /// Starts an installation in the directory through the front door, waits until it is ready and
  /// stops it again.
  ///
  /// @param home where the front door is
  static double seconds(Path home, Path directory) throws IOException {
    List<String> command =
        List.of(home.resolve("rails").toString(), "up", "--data", directory.toString());
    long began = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      Thread guard = Thread.ofVirtual().start(() -> endAfterLimit(process));
      String last = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("READY")) {
          guard.interrupt();
          return (System.nanoTime() - began) / 1e9;
        }
        last = line;
      }
      throw new Unavailable(
          "rails up ended, or was ended after %d s, before it was READY; the last it said: %s"
              .formatted(LIMIT.toSeconds(), last));
    } finally {
      stop(process);
    }
  }

  /// Lets the front door build what is stale, which is no part of a start.
  static void build(Path home) throws IOException {
    Process build =
        new ProcessBuilder(home.resolve("rails").toString(), "version")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (build.waitFor() != 0) {
        throw new Unavailable("rails version failed; run it to see why");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while building", e);
    }
  }

  private static void endAfterLimit(Process process) {
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroy();
      }
    } catch (InterruptedException _) {
      // it is ready
    }
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}

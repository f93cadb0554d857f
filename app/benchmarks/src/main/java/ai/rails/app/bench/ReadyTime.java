package ai.rails.app.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import ai.rails.app.embedded.Unavailable;

import static java.nio.charset.StandardCharsets.UTF_8;

/// How long `rails up` takes, from a new process to READY, as a person sees it.
final class ReadyTime {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private ReadyTime() {}

  /// Starts an installation in the directory, waits until it is ready and stops it again.
  static double seconds(Path directory) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "ai.rails.app.Main",
            "up",
            "--data",
            directory.toString()));
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

package ai.rails.app.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;

import ai.rails.app.embedded.Wait;

/// What the kernel does to processes.
final class Signals {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private Signals() {}

  /// `kill -9`; returns when it is gone.
  static void kill(ProcessHandle process) {
    process.destroyForcibly();
    if (!Wait.until(LIMIT, () -> !process.isAlive())) {
      throw new IllegalStateException("pid %d does not die".formatted(process.pid()));
    }
  }

  static void stop(ProcessHandle process) {
    send("STOP", process);
  }

  static void resume(ProcessHandle process) {
    send("CONT", process);
  }

  private static void send(String signal, ProcessHandle process) {
    try {
      int status =
          new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
      if (status != 0) {
        throw new IllegalStateException(
            "kill -%s %d ended with %d".formatted(signal, process.pid(), status));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

package ai.rails.app.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.UTF_8;

/// The PostgreSQL process that `postmaster.pid` names, if it is alive and really that one.
record Postmaster(ProcessHandle process) {
  private static final Duration CLOCK_STEP = Duration.ofSeconds(5);
  private static final Duration FAST = Duration.ofSeconds(30);
  private static final Duration IMMEDIATE = Duration.ofSeconds(10);
  private static final int START_TIME_LINE = 2;

  static Optional<Postmaster> of(Path cluster) {
    try {
      List<String> lines = Files.readAllLines(cluster.resolve("postmaster.pid"), UTF_8);
      long pid = Long.parseLong(lines.get(0).strip());
      var started = Instant.ofEpochSecond(Long.parseLong(lines.get(START_TIME_LINE).strip()));
      return ProcessHandle.of(pid)
          .filter(process -> ProcessIdentity.of(process).alive().isPresent())
          .filter(process -> startedAt(process, started))
          .map(Postmaster::new);
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException _) {
      return Optional.empty();
    }
  }

  /// Fast shutdown, then immediate shutdown, then the kernel's: each is safe for committed data.
  void end() {
    signal("INT");
    if (!ProcessIdentity.exited(process, FAST)) {
      signal("QUIT");
      if (!ProcessIdentity.exited(process, IMMEDIATE)) {
        process.destroyForcibly();
        ProcessIdentity.exited(process, IMMEDIATE);
      }
    }
  }

  private static boolean startedAt(ProcessHandle process, Instant recorded) {
    return process
        .info()
        .startInstant()
        .map(actual -> Duration.between(actual, recorded).abs().compareTo(CLOCK_STEP) < 0)
        .orElse(false);
  }

  /// The JDK sends SIGTERM only, which waits for clients that may never leave.
  private void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new Unavailable("cannot signal PostgreSQL (pid " + process.pid() + ")", e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}

package ai.rails.app.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A process and the moment it started: a pid alone may meanwhile belong to somebody else.
public record ProcessIdentity(long pid, String started) {
  private static final int FIELDS_BEFORE_START_TIME = 19;

  public static ProcessIdentity of(ProcessHandle process) {
    return new ProcessIdentity(process.pid(), startOf(process));
  }

  /// What was recorded in the file; empty when there is none or it is not ours to read.
  public static Optional<ProcessIdentity> read(Path file) {
    try {
      String[] parts = Files.readString(file, UTF_8).strip().split(" ", 2);
      return parts.length == 2
          ? Optional.of(new ProcessIdentity(Long.parseLong(parts[0]), parts[1]))
          : Optional.empty();
    } catch (IOException | NumberFormatException _) {
      return Optional.empty();
    }
  }

  public void record(Path file) {
    PrivateFile.write(file, pid + " " + started + "\n");
  }

  /// The process, if it is still this one.
  public Optional<ProcessHandle> alive() {
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(process -> startOf(process).equals(started));
  }

  /// Asks the process to end, waits, then kills it. Returns whether it was this process and alive.
  public boolean end(Duration patience) {
    Optional<ProcessHandle> found = alive();
    found.ifPresent(process -> end(process, patience));
    return found.isPresent();
  }

  static void end(ProcessHandle process, Duration patience) {
    process.destroy();
    if (!exited(process, patience)) {
      process.destroyForcibly();
      exited(process, patience);
    }
  }

  static boolean exited(ProcessHandle process, Duration limit) {
    try {
      process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// On Linux in clock ticks of that boot, since the time of day that the JDK shows moves when the
  /// clock is set.
  private static String startOf(ProcessHandle process) {
    Path stat = Path.of("/proc", String.valueOf(process.pid()), "stat");
    Path boot = Path.of("/proc/sys/kernel/random/boot_id");
    if (!Files.exists(boot)) {
      return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }
    try {
      String text = Files.readString(stat, UTF_8);
      String afterName = text.substring(text.lastIndexOf(')') + 2);
      return afterName.split(" ", -1)[FIELDS_BEFORE_START_TIME]
          + "@"
          + Files.readString(boot, UTF_8).strip();
    } catch (NoSuchFileException _) {
      return "gone";
    } catch (IOException e) {
      if (!process.isAlive()) {
        return "gone"; // it ended while we were reading
      }
      throw new UncheckedIOException("cannot read " + stat, e);
    }
  }
}

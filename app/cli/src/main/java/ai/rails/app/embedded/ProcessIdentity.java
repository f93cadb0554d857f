package ai.rails.app.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A process and the moment it started: a pid alone may meanwhile belong to somebody else.
public record ProcessIdentity(long pid, String started) {
  private static final String GONE = "gone";

  /// The kernel's letters for a zombie and a dead process.
  private static final String ENDED = "ZXx";

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
        .filter(_ -> !started.equals(GONE))
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

  /// Waits itself, since the JDK waits for a zombie whose parent never collects it.
  static boolean exited(ProcessHandle process, Duration limit) {
    String started = startOf(process);
    return started.equals(GONE) || Wait.until(limit, () -> !startOf(process).equals(started));
  }

  /// On Linux in clock ticks of that boot, since the time of day that the JDK shows moves when the
  /// clock is set.
  private static String startOf(ProcessHandle process) {
    Path stat = Path.of("/proc", String.valueOf(process.pid()), "stat");
    Path boot = Path.of("/proc/sys/kernel/random/boot_id");
    if (!Files.exists(boot)) {
      return process.isAlive()
          ? process.info().startInstant().map(Instant::toString).orElse("unknown")
          : GONE;
    }
    try {
      String text = Files.readString(stat, UTF_8);
      String afterName = text.substring(text.lastIndexOf(')') + 2);
      return ENDED.indexOf(afterName.charAt(0)) >= 0
          ? GONE
          : afterName.split(" ", -1)[FIELDS_BEFORE_START_TIME]
              + "@"
              + Files.readString(boot, UTF_8).strip();
    } catch (NoSuchFileException _) {
      return GONE;
    } catch (IOException e) {
      if (!process.isAlive()) {
        return GONE; // it ended while we were reading
      }
      throw new UncheckedIOException("cannot read " + stat, e);
    }
  }
}

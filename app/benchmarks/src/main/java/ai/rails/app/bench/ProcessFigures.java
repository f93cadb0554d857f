package ai.rails.app.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;

/// What the kernel says of a process and everything it started.
///
/// @param rssMegabytes pages shared by several of them count each time
/// @param pssMegabytes shared pages count once, divided among their users
public record ProcessFigures(
    int processes, double rssMegabytes, double pssMegabytes, double cpuSeconds) {
  /// The kernel shows times to users in this unit whatever its own tick is.
  private static final double TICKS_PER_SECOND = 100;

  private static final double KILOBYTES_PER_MEGABYTE = 1024;
  private static final int FIELDS_BEFORE_USER_TIME = 11;
  private static final int TIME_FIELDS = 4;

  static final ProcessFigures NONE = new ProcessFigures(0, 0, 0, 0);

  /// Those that run of the given ones and their descendants; empty where there is no `/proc`.
  static Optional<ProcessFigures> ofTrees(List<Long> roots) {
    if (!Files.isReadable(Path.of("/proc/self/stat"))) {
      return Optional.empty();
    }
    return Optional.of(
        roots.stream()
            .flatMap(root -> ProcessHandle.of(root).stream())
            .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
            .distinct()
            .map(process -> of(process.pid()))
            .reduce(NONE, ProcessFigures::plus));
  }

  /// One process; nothing of one that has ended meanwhile.
  public static ProcessFigures of(long pid) {
    Path directory = Path.of("/proc", String.valueOf(pid));
    try {
      double rss = megabytes(directory.resolve("status"), "VmRSS");
      return new ProcessFigures(1, rss, pss(directory, rss), cpuSeconds(directory));
    } catch (IOException _) {
      return NONE;
    }
  }

  ProcessFigures plus(ProcessFigures other) {
    return new ProcessFigures(
        processes + other.processes,
        rssMegabytes + other.rssMegabytes,
        pssMegabytes + other.pssMegabytes,
        cpuSeconds + other.cpuSeconds);
  }

  private static double pss(Path directory, double otherwise) {
    try {
      return megabytes(directory.resolve("smaps_rollup"), "Pss");
    } catch (IOException _) {
      return otherwise; // another user's process
    }
  }

  private static double megabytes(Path file, String field) throws IOException {
    Matcher line =
        Pattern.compile("(?m)^" + field + ":\\s+(\\d+) kB$").matcher(Files.readString(file, UTF_8));
    return line.find() ? Long.parseLong(line.group(1)) / KILOBYTES_PER_MEGABYTE : 0;
  }

  /// User and system time of the process and of children that have ended.
  private static double cpuSeconds(Path directory) throws IOException {
    String stat = Files.readString(directory.resolve("stat"), UTF_8);
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
    return fields.subList(FIELDS_BEFORE_USER_TIME, FIELDS_BEFORE_USER_TIME + TIME_FIELDS).stream()
            .mapToLong(Long::parseLong)
            .sum()
        / TICKS_PER_SECOND;
  }
}

package ai.rails.app.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.management.OperatingSystemMXBean;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Where it was measured; figures of two machines are not compared.
///
/// @param loadAverageBefore one minute's, before the benchmark: more than `processors` says that
///   others were at work and that the figures are too low
public record Machine(
    String cpu,
    int processors,
    long memoryMegabytes,
    String operatingSystem,
    String java,
    String fileSystem,
    double loadAverageBefore) {
  private static final long BYTES_PER_MEGABYTE = 1 << 20;

  /// @param data the directory whose file system PostgreSQL writes to
  static Machine of(Path data) throws IOException {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Machine(
        cpuName(),
        system.getAvailableProcessors(),
        system.getTotalMemorySize() / BYTES_PER_MEGABYTE,
        "%s %s (%s)".formatted(system.getName(), system.getVersion(), system.getArch()),
        System.getProperty("java.vendor.version", "") + " " + Runtime.version(),
        Files.getFileStore(data).type(),
        system.getSystemLoadAverage());
  }

  private static String cpuName() {
    try {
      Matcher name =
          Pattern.compile("(?m)^model name\\s*: (.+)$")
              .matcher(Files.readString(Path.of("/proc/cpuinfo"), UTF_8));
      return name.find() ? name.group(1).strip() : System.getProperty("os.arch", "unknown");
    } catch (IOException _) {
      return System.getProperty("os.arch", "unknown");
    }
  }
}

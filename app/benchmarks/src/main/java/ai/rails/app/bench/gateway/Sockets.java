package ai.rails.app.bench.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the kernel says of connections.
final class Sockets {
  private static final String ESTABLISHED = "01";
  private static final Pattern COLUMNS = Pattern.compile("\\s+");

  private Sockets() {}

  /// Connections to a local port, at the end that was connected to.
  static int established(int port) {
    String local = String.format(Locale.ROOT, ":%04X", port);
    return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
        .map(Path::of)
        .filter(Files::isReadable)
        .mapToInt(file -> count(file, local))
        .sum();
  }

  private static int count(Path file, String local) {
    try (Stream<String> lines = Files.lines(file)) {
      return (int)
          lines
              .map(line -> COLUMNS.split(line.strip(), 5))
              .filter(column -> column.length == 5 && column[3].equals(ESTABLISHED))
              .filter(column -> column[1].endsWith(local))
              .count();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}

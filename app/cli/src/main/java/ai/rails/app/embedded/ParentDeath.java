package ai.rails.app.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Asks the kernel to end a child when the thread that started it is gone, where that exists.
final class ParentDeath {
  private static final List<String> PREFIX = find();

  private ParentDeath() {}

  /// What to put before a command; empty where the system has no `setpriv --pdeathsig`.
  static List<String> prefix() {
    return PREFIX;
  }

  private static List<String> find() {
    return Stream.of("/usr/bin/setpriv", "/bin/setpriv")
        .filter(binary -> Files.isExecutable(Path.of(binary)))
        .map(binary -> List.of(binary, "--pdeathsig", "TERM", "--"))
        .filter(ParentDeath::works)
        .findFirst()
        .orElse(List.of());
  }

  private static boolean works(List<String> prefix) {
    try {
      Process probe =
          new ProcessBuilder(Stream.concat(prefix.stream(), Stream.of("true")).toList())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return probe.waitFor() == 0;
    } catch (IOException _) {
      return false;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}

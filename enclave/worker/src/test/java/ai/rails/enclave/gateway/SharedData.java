package ai.rails.enclave.gateway;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/// Real data that lies beside the project, where there is any.
public final class SharedData {
  private SharedData() {}

  /// A file of the folder; skips the test where the folder is absent.
  public static Path file(String name) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path file = folder.resolve("shared").resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    }
    return Assumptions.abort("skipped: no folder ../shared with " + name + " beside the project");
  }
}

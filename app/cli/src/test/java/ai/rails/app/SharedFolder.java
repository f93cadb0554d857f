package ai.rails.app;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/// Vectors and data that lie beside the project, where somebody has put them.
public final class SharedFolder {
  private SharedFolder() {}

  /// Skips the test, aloud, where they are not.
  ///
  /// @param name below `shared`, in a folder above this one
  public static Path require(String name) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path file = folder.resolve("shared").resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    }
    return Assumptions.abort("skipped: no folder ../shared with " + name + " beside the project");
  }
}

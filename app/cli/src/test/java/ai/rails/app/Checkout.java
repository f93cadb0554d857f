package ai.rails.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Assumptions;

import ai.rails.app.embedded.OpaBinary;
import ai.rails.app.embedded.Unavailable;

import static org.assertj.core.api.Assertions.assertThat;

/// The project that the tests run in, and what it needs beside it.
final class Checkout {
  private Checkout() {}

  static void requireOpa(Map<String, String> environment) {
    try {
      assertThat(OpaBinary.find(environment, root()).version()).isNotEmpty();
    } catch (Unavailable e) {
      Assumptions.abort("OPA is not installed: " + e);
    }
  }

  static Path root() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("rails"))) {
      here = Objects.requireNonNull(here.getParent(), "run this inside the project");
    }
    return here;
  }
}

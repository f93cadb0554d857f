package ai.rails.app;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import ai.rails.app.embedded.OpaBinary;

/// The composition root: what `rails up` starts, in order.
final class Plans {
  private Plans() {}

  static Launcher.Plan up(Embedded embedded, Map<String, String> environment) {
    DataDirectory data = embedded.data();
    OpaBinary opa = OpaBinary.find(environment, projectDirectory(environment));
    return new Launcher.Plan(
        List.of(
            Servers.broker(data, embedded.secrets()),
            Servers.postgres(data, embedded.secrets(), cache(environment).resolve("postgres"))),
        List.of(Servers.opa(data, opa, Map.of())));
  }

  /// Where the `rails` script lies, which says so.
  static Path projectDirectory(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("AIRAILS_HOME", "."));
  }

  private static Path cache(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("HOME", "."), ".cache", "airails");
  }
}

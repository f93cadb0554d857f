package ai.rails.app;

import java.nio.file.Path;

import ai.rails.app.embedded.PrivateFile;

/// What OPA starts from when nobody wrote a configuration: no bundle, and nobody may ask anything
/// but whether it is alive.
final class ClosedOpa {
  private static final String AUTHORIZATION =
      """
      package system.authz

      default allow := false

      allow if {
        input.method == "GET"
        input.path == ["health"]
      }
      """;

  private ClosedOpa() {}

  static void write(Path config, Path authorization) {
    PrivateFile.write(authorization, AUTHORIZATION);
    PrivateFile.write(config, "{}\n");
  }
}

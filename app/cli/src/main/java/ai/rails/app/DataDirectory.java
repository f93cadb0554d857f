package ai.rails.app;

import java.nio.file.Path;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.PrivateFile;

/// Everything that one installation keeps, and where in it.
record DataDirectory(Path root) {
  static DataDirectory of(Path root) {
    return new DataDirectory(root.toAbsolutePath().normalize());
  }

  DataDirectory create() {
    PrivateFile.directory(root);
    return this;
  }

  Path effectiveProperties() {
    return root.resolve(EffectiveProperties.FILE_NAME);
  }

  Path secrets() {
    return root.resolve("secrets.properties");
  }

  Path ports() {
    return root.resolve("ports.properties");
  }

  Path kafka() {
    return root.resolve("kafka");
  }

  Path postgres() {
    return root.resolve("postgres");
  }

  Path opa() {
    return root.resolve("opa");
  }

  Path tls() {
    return root.resolve("tls");
  }

  Path lock() {
    return root.resolve("launcher.lock");
  }

  /// Not among the children's records: a launcher does not end another launcher.
  Path launcher() {
    return root.resolve("launcher.pid");
  }

  Path launcherLog() {
    return root.resolve("logs").resolve("launcher.log");
  }
}

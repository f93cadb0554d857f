package ai.rails.app.embedded;

import java.nio.file.Path;
import java.security.SecureRandom;

/// A launcher that starts PostgreSQL and dies without a word.
final class LauncherOfPostgres {
  static final int KILLED = 9;

  private LauncherOfPostgres() {}

  public static void main(String[] arguments) {
    Path data = Path.of(arguments[0]);
    var random = new SecureRandom();
    PostgresTest.open(
        data,
        Secrets.open(data.resolve("secrets.properties"), random),
        Ports.open(data.resolve("ports.properties"), random));
    if (arguments[1].equals("unguarded")) {
      // The guard is its only child: PostgreSQL has left it.
      ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    }
    Runtime.getRuntime().halt(KILLED);
  }
}

package ai.rails.app.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Ends PostgreSQL when this process dies: PostgreSQL is nobody's child and would stay behind.
///
/// It is a shell that waits for the end of its input, whose other end this process holds, and then
/// asks the postmaster for a fast shutdown, if the pid file still names that one. Where there is no
/// shell, the next launcher ends what is left.
final class Guard implements AutoCloseable {
  private static final Path SHELL = Path.of("/bin/sh");
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      while read -r _; do :; done
      [ "$(head -n 1 "$2" 2>/dev/null)" = "$1" ] && kill -INT "$1"
      """;

  private final Optional<Process> shell;

  private Guard(Optional<Process> shell) {
    this.shell = shell;
  }

  /// @param cluster directory whose `postmaster.pid` names the process
  static Guard of(Postmaster postmaster, Path cluster) {
    if (!Files.isExecutable(SHELL)) {
      return new Guard(Optional.empty());
    }
    try {
      var command =
          new ProcessBuilder(
              SHELL.toString(),
              "-c",
              SCRIPT,
              "postgres-guard",
              String.valueOf(postmaster.process().pid()),
              cluster.resolve("postmaster.pid").toString());
      return new Guard(
          Optional.of(
              command.redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start()));
    } catch (IOException e) {
      throw new Unavailable("cannot start the guard of PostgreSQL", e);
    }
  }

  @Override
  public void close() {
    shell.ifPresent(Process::destroyForcibly);
  }
}

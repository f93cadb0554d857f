package ai.rails.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.rails.app.embedded.PrivateFile;
import ai.rails.app.embedded.ProcessIdentity;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;
import ai.rails.app.verb.Exit;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A launcher in the background: this very program again, its output in a file.
final class Detached {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private final DataDirectory data;
  private final List<String> more;
  private final PrintWriter out;
  private final PrintWriter err;

  /// @param more further arguments of `rails up`
  Detached(DataDirectory data, List<String> more, PrintWriter out, PrintWriter err) {
    this.data = data;
    this.more = List.copyOf(more);
    this.out = out;
    this.err = err;
  }

  /// Waits for READY, or for the launcher to give up: then its own exit code and words are passed
  /// on.
  int start() throws InterruptedException {
    LauncherLock.holder(data).ifPresent(this::refuse);
    Process launcher = launch();
    boolean decided =
        Wait.until(LIMIT, () -> !launcher.isAlive() || installation(launcher).isPresent());
    if (!launcher.isAlive()) {
      err.print(said());
      err.flush();
      return launcher.exitValue();
    }
    if (!decided) {
      throw new Unavailable("not ready after %s; see %s".formatted(LIMIT, data.launcherLog()));
    }
    out.print(said());
    out.flush();
    return Exit.OK;
  }

  private void refuse(ProcessIdentity holder) {
    throw new Unavailable(
        "another launcher (pid %d) runs on %s; end it with: rails down --data %s"
            .formatted(holder.pid(), data.root(), data.root()));
  }

  private Process launch() {
    try {
      Path log = data.launcherLog();
      PrivateFile.write(log, "");
      return new ProcessBuilder(command())
          .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
          .redirectErrorStream(true)
          .redirectOutput(Redirect.appendTo(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the launcher in the background", e);
    }
  }

  /// In a session of its own, so that closing the terminal does not end it.
  private List<String> command() {
    var command = new ArrayList<String>();
    if (Files.isExecutable(SETSID)) {
      command.add(SETSID.toString());
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "up",
            "--data",
            data.root().toString()));
    command.addAll(more);
    return command;
  }

  private Optional<Installation> installation(Process launcher) {
    return Installation.ask(data)
        .filter(found -> found.pid() == launcher.pid())
        .filter(Installation::ready);
  }

  private String said() {
    try {
      return Files.readString(data.launcherLog(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

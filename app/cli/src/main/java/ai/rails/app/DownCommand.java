package ai.rails.app;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.ProcessIdentity;
import ai.rails.app.embedded.Wait;
import ai.rails.app.verb.Exit;

/// `rails down`: asks the launcher to stop everything, and waits until it has.
@Command(name = "down", description = "Stop the installation.", mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @Mixin private DataOption data = new DataOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Optional<ProcessIdentity> launcher = LauncherLock.holder(data.directory());
    if (launcher.isEmpty()) {
      out.println("nothing runs on " + data.directory().root());
      return Exit.OK;
    }
    launcher.get().alive().ifPresent(ProcessHandle::destroy);
    if (!Wait.until(LIMIT, () -> launcher.get().alive().isEmpty())) {
      spec.commandLine()
          .getErr()
          .printf(
              "rails: pid %d has not stopped within %d s; see what it waits for with rails status, or kill -9 it%n",
              launcher.get().pid(), LIMIT.toSeconds());
      return Exit.FAILED;
    }
    out.println("stopped");
    return Exit.OK;
  }
}

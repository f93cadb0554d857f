package ai.rails.app;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import ai.rails.app.verb.Exit;

/// `rails up`: starts everything and stays until it is told to stop.
@Command(
    name = "up",
    description = "Start the installation on this machine.",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  private final Map<String, String> environment;

  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--detach",
      description = "Return when it is ready; it runs on in the background.")
  private boolean detach;

  @Spec private CommandSpec spec = CommandSpec.create();

  UpCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    DataDirectory directory = data.directory().create();
    if (detach) {
      return new Detached(directory, out, spec.commandLine().getErr()).start();
    }
    return run(directory, out);
  }

  private int run(DataDirectory directory, PrintWriter out) throws InterruptedException {
    try (Session session =
        Session.start(
            directory,
            environment,
            line -> {
              out.println(line);
              out.flush();
            })) {
      out.println("API on " + session.properties().require("command.url"));
      out.println("stop with Ctrl-C, or: rails down --data " + directory.root());
      out.flush();
      session.await();
    }
    return Exit.OK;
  }
}

package ai.rails.app;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import ai.rails.app.verb.Exit;

/// `rails version`.
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Callable<Integer>, IVersionProvider {
  static final String VERSION = "0.1.0";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().getOut().println(getVersion()[0]);
    return Exit.OK;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"rails " + VERSION + " (Java " + Runtime.version() + ")"};
  }
}

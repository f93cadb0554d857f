package ai.rails.app.verb;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A command that only has verbs; alone it names one of them.
public abstract class Group implements Runnable {
  private final String example;

  @Spec private CommandSpec spec = CommandSpec.create();

  /// @param example a whole command line, as somebody would type it
  protected Group(String example) {
    this.example = example;
  }

  @Override
  public final void run() {
    throw new ParameterException(spec.commandLine(), "which verb? For example: " + example);
  }
}

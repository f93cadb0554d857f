package ai.rails.app;

import java.util.concurrent.Callable;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import ai.rails.app.verb.Exit;

/// `rails completion`: `source <(rails completion)` in bash or zsh.
@Command(
    name = "completion",
    description = "Print a completion script for bash and zsh: source <(rails completion)",
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(AutoComplete.bash("rails", spec.root().commandLine()));
    spec.commandLine().getOut().flush();
    return Exit.OK;
  }
}

package ai.rails.app.siem;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `rails siem`.
@Command(
    name = "siem",
    description = "Let a SIEM subscribe to a tenant's feed.",
    mixinStandardHelpOptions = true,
    subcommands = {
      SubscriberVerbs.Grant.class,
      SubscriberVerbs.Rotate.class,
      SubscriberVerbs.Revoke.class,
      ConfigVerb.class,
      TailVerb.class
    })
public final class SiemCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which verb? For example: rails siem grant --name splunk");
  }
}

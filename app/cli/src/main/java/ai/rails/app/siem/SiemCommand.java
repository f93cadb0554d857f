package ai.rails.app.siem;

import picocli.CommandLine.Command;

import ai.rails.app.verb.Group;

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
public final class SiemCommand extends Group {
  public SiemCommand() {
    super("rails siem grant --name splunk");
  }
}

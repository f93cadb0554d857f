package ai.rails.app.workflow;

import java.util.function.Supplier;

import picocli.CommandLine;
import picocli.CommandLine.Command;

import ai.rails.app.verb.Group;
import ai.rails.platform.workflow.ConnectorCatalogue;

/// `rails workflow`.
@Command(
    name = "workflow",
    description = "Check, publish and activate workflows.",
    mixinStandardHelpOptions = true,
    subcommands = {
      WorkflowChanges.Publish.class,
      WorkflowChanges.Release.class,
      WorkflowChanges.Withdraw.class,
      WorkflowChanges.Activate.class,
      WorkflowChanges.Grant.class,
      WorkflowViews.Listing.class,
      WorkflowViews.Show.class
    })
public final class WorkflowCommand extends Group {
  /// The whole noun with its verbs.
  ///
  /// @param catalogue the connectors of this build; asked when a file is checked
  public static CommandLine line(Supplier<ConnectorCatalogue> catalogue) {
    return new CommandLine(new WorkflowCommand()).addSubcommand(new Lint(catalogue));
  }

  public WorkflowCommand() {
    super("rails workflow lint FILE");
  }
}

package ai.rails.app.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Lists;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Times;

/// `rails run`: reading about runs; what changes them is in [RunChanges].
@Command(
    name = "run",
    description = "Start runs, see why they wait, watch them, send them on.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RunChanges.Start.class,
      RunCommand.Listing.class,
      RunCommand.Show.class,
      RunCommand.Watching.class,
      RunChanges.Cancel.class,
      RunChanges.Retry.class,
      RunChanges.Fork.class,
      RunReveal.class,
      RunCommand.Dead.class,
      RunChanges.Replay.class,
      RunChanges.Resolve.class,
      RunChanges.Erase.class
    })
public final class RunCommand extends Group {
  public RunCommand() {
    super("rails run list");
  }

  /// The one run that most verbs are about.
  static final class Which {
    @Parameters(
        index = "0",
        paramLabel = "RUN",
        description = "Id, an unambiguous beginning or end of it, or the ticket's number.")
    private String run = "";

    String id(Client client) {
      return FindRun.id(client, run);
    }
  }

  /// `rails run list`.
  @Command(name = "list", description = "The latest runs first.", mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Lists lists = new Lists();

    @Option(
        names = "--status",
        paramLabel = "STATUS",
        description = "RUNNING, COMPENSATING, COMPLETED, FAILED or CANCELLED.")
    private String status = "";

    @Option(names = "--workflow", paramLabel = "ID", description = "Of this workflow.")
    private String workflow = "";

    @Option(names = "--ticket", paramLabel = "NUMBER", description = "About this ticket.")
    private String ticket = "";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      Map<String, String> query = new LinkedHashMap<>();
      query.put("status", status.toUpperCase(java.util.Locale.ROOT));
      query.put("workflow", workflow);
      query.put("externalId", ticket);
      query.put("workspace", client.chosenWorkspace().orElse(""));
      return lists.show(
          caller, client, "/v1/runs", query, new RunText(Times.here(), caller.palette())::list);
    }
  }

  /// `rails run show`.
  @Command(
      name = "show",
      description = "A run: how far it is, why it waits and who can move it, what it cost.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Which which = new Which();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      JsonNode run = client.get("/v1/runs/" + Client.encoded(which.id(client)));
      caller.show(run, new RunText(Times.here(), caller.palette())::detail);
      return Exit.OK;
    }
  }

  /// `rails run watch`.
  @Command(
      name = "watch",
      description = {
        "Tell a run's story as it happens, until it ends.",
        "Exits with 0 when the run completed, with 1 when it ended otherwise.",
        "With -o json: one ledger entry a line."
      },
      mixinStandardHelpOptions = true)
  static final class Watching implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Which which = new Which();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      return new Watch(caller, client).untilEnd(Client.encoded(which.id(client)));
    }
  }

  /// `rails run dlq`.
  @Command(
      name = "dlq",
      description = "Steps that only a person can move.",
      mixinStandardHelpOptions = true)
  static final class Dead implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Lists lists = new Lists();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      return lists.show(
          caller,
          client,
          "/v1/dlq",
          Map.of("workspace", client.chosenWorkspace().orElse("")),
          new RunText(Times.here(), caller.palette())::dead);
    }
  }
}

package ai.rails.app.gate;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.gate.Inbox.Found;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Lists;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Times;

/// `rails approval`: the inbox, and what a person may say in it.
@Command(
    name = "approval",
    description = "See what waits for a person, and decide it.",
    mixinStandardHelpOptions = true,
    subcommands = {ApprovalCommand.Listing.class, ApprovalCommand.Show.class})
public final class ApprovalCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /// The whole noun with its verbs.
  public static CommandLine line() {
    CommandLine line = new CommandLine(new ApprovalCommand());
    decision(line, "approve", "APPROVE", "approved", "Let the call run that was shown.");
    decision(line, "deny", "DENY", "denied", "Refuse the call; its run ends.");
    decision(
        line, "ask", "ASK_INFO", "asked", "Record that information is missing; it stays open.");
    decision(line, "answer", "ANSWER_INFO", "answered", "Record that the question was answered.");
    decision(
        line,
        "withdraw",
        "WITHDRAW",
        "withdrawn",
        "Take back your approval, as long as the call has not left.");
    return line;
  }

  private static void decision(
      CommandLine line, String name, String verdict, String done, String description) {
    CommandLine verb = new CommandLine(new Decision(verdict, done));
    verb.getCommandSpec().name(name).usageMessage().description(description);
    line.addSubcommand(name, verb);
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which verb? For example: rails approval list");
  }

  /// `rails approval list`.
  @Command(
      name = "list",
      description = "The inbox, the nearest deadline first.",
      mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Lists lists = new Lists();

    @Option(
        names = "--state",
        paramLabel = "STATE",
        description = "OPEN (default), APPROVED, DENIED, EXPIRED or RUN_ENDED.")
    private String state = "OPEN";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.APPROVER);
      Map<String, String> query = new LinkedHashMap<>();
      query.put("state", state.toUpperCase(Locale.ROOT));
      query.put("workspace", client.chosenWorkspace().orElse(""));
      return lists.show(
          caller, client, "/v1/gates", query, new GateText(Times.here(), caller.palette())::list);
    }
  }

  /// `rails approval show`.
  @Command(
      name = "show",
      description = "What an approver needs to know, and the words to decide with.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(
        index = "0",
        paramLabel = "RUN",
        description = "Id, an unambiguous beginning or end of it, or the ticket's number.")
    private String run = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "GATE",
        description = "Which gate, when the run has several.")
    private @Nullable String gate;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.APPROVER);
      Inbox inbox = new Inbox(client);
      Found found = inbox.find(run, Optional.ofNullable(gate));
      caller.show(
          found.gate(),
          shown ->
              new GateText(Times.here(), caller.palette())
                  .card(shown, found.run(), inbox.asked(found)));
      return Exit.OK;
    }
  }
}

package ai.rails.app.gate;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.gate.Inbox.Found;
import ai.rails.app.reveal.RevealText;
import ai.rails.app.reveal.Revealed;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Lists;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Times;

/// `rails approval`: the inbox, and what a person may say in it.
@Command(
    name = "approval",
    description = "See what waits for a person, and decide it.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ApprovalCommand.Listing.class,
      ApprovalCommand.Show.class,
      Batch.class,
      Correct.class,
      DelegationVerbs.Delegate.class,
      DelegationVerbs.Listing.class,
      DelegationVerbs.Revoke.class,
      DelegationVerbs.Load.class
    })
public final class ApprovalCommand extends Group {
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

  public ApprovalCommand() {
    super("rails approval list");
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

    @Mixin private WhichGate which = new WhichGate();

    @Option(
        names = "--reveal",
        description = {
          "Also show the call's full arguments, and the record as the run found it.",
          "With them what was asked and answered. A worker seals it to this command alone;",
          "that you saw it is in the log."
        })
    private boolean reveal;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.APPROVER);
      Inbox inbox = new Inbox(client);
      Found found = which.in(inbox);
      ObjectNode whole = found.gate().deepCopy();
      if (reveal) {
        whole.set("revealed", revealed(client, found.gate()));
        if (hasTexts(found.gate())) {
          whole.set("thread", thread(client, found.gate()));
        }
      }
      caller.show(
          whole,
          shown ->
              new GateText(Times.here(), caller.palette())
                      .card(found.gate(), found.run(), inbox.asked(found))
                  + (reveal ? "\n" + RevealText.of(shown.path("revealed")) : "")
                  + (shown.has("thread") ? "\n" + RevealText.of(shown.path("thread")) : ""));
      return Exit.OK;
    }

    private static boolean hasTexts(JsonNode gate) {
      return gate.path("decisions").valueStream().anyMatch(said -> said.has("comment"));
    }

    private static ObjectNode thread(Client client, JsonNode gate) {
      return new Revealed(client)
          .of(gate.path("run").asText(), "THREAD", gate.path("gate").asText(), Optional.empty());
    }

    private static ObjectNode revealed(Client client, JsonNode gate) {
      return new Revealed(client)
          .of(
              gate.path("run").asText(),
              "GATE",
              gate.path("gate").asText(),
              Optional.of(gate.path("callDigest").asText()));
    }
  }
}

package ai.rails.app.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.IdempotencyKey;
import ai.rails.app.verb.Persona;
import ai.rails.domain.ledger.LogEvent.Reason;

/// `rails ledger epoch`: a log's end and the next one's beginning, by two administrators.
@Command(
    name = "epoch",
    description = {
      "Abandon a log that can not be repaired, and begin the next one.",
      "One administrator proposes, another one accepts."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      EpochCommand.Propose.class,
      EpochCommand.Show.class,
      EpochCommand.Accept.class,
      EpochCommand.Reject.class
    })
public final class EpochCommand extends Group {
  public EpochCommand() {
    super("rails ledger epoch propose --reason TAIL_LOST");
  }

  /// `rails ledger epoch propose`.
  @Command(
      name = "propose",
      description =
          "Propose that the workspace's log ends for ever. All of the store's rows then go into a"
              + " new one, which is bound to the last checkpoint of the old one.",
      mixinStandardHelpOptions = true)
  static final class Propose implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private IdempotencyKey key = new IdempotencyKey();

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "REASON",
        description = "One of ${COMPLETION-CANDIDATES}.")
    private Reason reason = Reason.TAIL_LOST;

    @Mixin private LastCheckpoint last = new LastCheckpoint();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      JsonNode proposed =
          client.post(
              path(client) + "/epochs",
              Map.of("reason", reason, "lastCheckpoint", last.of(client)),
              key.chosen());
      caller.show(
          proposed,
          shown ->
              facts(shown)
                  .add(
                      "next",
                      "another administrator says: rails ledger epoch accept "
                          + shown.path("proposal").asText())
                  .text());
      return Exit.OK;
    }
  }

  /// `rails ledger epoch show`.
  @Command(
      name = "show",
      description = "What was proposed, and waits for another administrator.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      caller.show(
          client.get(
              "/access/v1/ledgers/%s/epoch-proposal".formatted(Client.encoded(client.workspace()))),
          shown -> facts(shown).text() + "\n" + shown.path("lastCheckpoint").asText());
      return Exit.OK;
    }
  }

  /// `rails ledger epoch accept`.
  @Command(
      name = "accept",
      description = "Abandon the log, as another administrator proposed.",
      mixinStandardHelpOptions = true)
  static final class Accept implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Mixin private LastCheckpoint last = new LastCheckpoint();

    @Parameters(paramLabel = "PROPOSAL", description = "Its id.")
    private String proposal = "";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      Map<String, Object> body = Map.of("approve", true, "lastCheckpoint", last.of(client));
      caller.show(
          decide(client, proposal, body),
          shown ->
              new Facts()
                  .add("abandoned", shown.path("abandoned").asText())
                  .add("log", shown.path("origin").asText())
                  .add("epoch", shown.path("epoch").asText())
                  .add("next", "rails ledger head; rails ledger verify")
                  .text());
      return Exit.OK;
    }
  }

  /// `rails ledger epoch reject`.
  @Command(
      name = "reject",
      description = "Reject a proposal, or take one's own back.",
      mixinStandardHelpOptions = true)
  static final class Reject implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "PROPOSAL", description = "Its id.")
    private String proposal = "";

    @Override
    public Integer call() {
      caller.show(
          decide(caller.as(Persona.ADMIN), proposal, Map.of("approve", false)),
          shown -> "proposal %s: %s%n".formatted(proposal, shown.path("state").asText()));
      return Exit.OK;
    }
  }

  /// What the next epoch is bound to.
  static final class LastCheckpoint {
    @Option(
        names = "--checkpoint",
        paramLabel = "FILE",
        description =
            "The last signed checkpoint; without it the newest that the server has and witnesses"
                + " cosigned.")
    private @Nullable Path file;

    String of(Client client) {
      try {
        return new String(
            file == null ? client.bytes(path(client) + "/checkpoint") : Files.readAllBytes(file),
            StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new Unavailable("%s can not be read".formatted(file), e);
      }
    }
  }

  private static String path(Client client) {
    return "/v1/ledgers/" + Client.encoded(client.workspace());
  }

  private static JsonNode decide(Client client, String proposal, Map<String, Object> body) {
    return client.post(
        "%s/epochs/%s/decision".formatted(path(client), Client.encoded(proposal)),
        body,
        Optional.empty());
  }

  private static Facts facts(JsonNode proposal) {
    return new Facts()
        .add("proposal", proposal.path("proposal").asText())
        .add("abandons", proposal.path("abandons").asText())
        .add("reason", proposal.path("reason").asText())
        .add("by", proposal.path("proposedBy").asText());
  }
}

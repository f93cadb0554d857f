package ai.rails.app.privacy;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;

/// `rails hold`.
@Command(
    name = "hold",
    description = "Legal holds: they keep content from retention and erasure.",
    mixinStandardHelpOptions = true,
    subcommands = {HoldCommand.Place.class, HoldCommand.Release.class, HoldCommand.Listing.class})
public final class HoldCommand extends Group {
  public HoldCommand() {
    super("rails hold list");
  }

  /// What a hold keeps.
  enum Scope {
    RUN,
    SUBJECT,
    WORKSPACE
  }

  /// `rails hold place`.
  @Command(
      name = "place",
      description = "Keep a run, all runs about a person, or those of a workspace.",
      mixinStandardHelpOptions = true)
  static final class Place implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(index = "0", paramLabel = "SCOPE", description = "run, subject or workspace.")
    private Scope scope = Scope.RUN;

    @Parameters(index = "1", paramLabel = "ID", description = "The id, or the pseudonym, whole.")
    private String target = "";

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "CODE",
        description = "A code such as CASE_4711, no text: it stays in the clear for ever.")
    private String reason = "";

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Once for each key.")
    private @Nullable String key;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      JsonNode placed =
          client.post(
              "/v1/holds",
              Map.of("scope", scope, "target", target, "reason", reason),
              Optional.ofNullable(key));
      caller.show(
          placed,
          _ ->
              "hold %1$s keeps %2$s %3$s%nrails hold release %1$s --reason CODE%n"
                  .formatted(
                      placed.path("hold").asText(), scope.name().toLowerCase(Locale.ROOT), target));
      return Exit.OK;
    }
  }

  /// `rails hold release`.
  @Command(
      name = "release",
      description = "Let retention and erasure go on.",
      mixinStandardHelpOptions = true)
  static final class Release implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "HOLD", description = "The hold's id, whole.")
    private String hold = "";

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "CODE",
        description = "A code such as CASE_CLOSED, no text: it stays in the clear for ever.")
    private String reason = "";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      caller.show(
          client.delete(
              "/v1/holds/%s?reason=%s".formatted(Client.encoded(hold), Client.encoded(reason))),
          _ -> "released hold %s%n".formatted(hold));
      return Exit.OK;
    }
  }

  /// `rails hold list`.
  @Command(name = "list", description = "Holds that stand.", mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      caller.show(client.get("/v1/holds").path("items"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode holds) {
      if (holds.isEmpty()) {
        return "nothing is held%n".formatted();
      }
      Times times = Times.here();
      Table table = Table.of("HOLD", "KEEPS", "ID", "SINCE", "BY", "REASON");
      for (JsonNode hold : holds) {
        table.row(
            hold.path("hold").asText(),
            hold.path("scope").asText().toLowerCase(Locale.ROOT),
            hold.path("target").asText(),
            times.relative(hold.path("placedAt").asLong()),
            hold.path("by").asText(),
            hold.path("reason").asText());
      }
      return table.text(caller.palette());
    }
  }
}

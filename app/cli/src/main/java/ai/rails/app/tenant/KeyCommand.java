package ai.rails.app.tenant;

import java.util.List;
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

/// `rails key`: keys of programs.
@Command(
    name = "key",
    description = "Keys with which programs call the API.",
    mixinStandardHelpOptions = true,
    subcommands = {KeyCommand.Issue.class, KeyCommand.Listing.class, KeyCommand.Revoke.class})
public final class KeyCommand extends Group {
  public KeyCommand() {
    super("rails key list");
  }

  /// `rails key issue`.
  @Command(
      name = "issue",
      description = "Issue a key to a subject; the secret is shown this once.",
      mixinStandardHelpOptions = true)
  static final class Issue implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "SUBJECT", description = "The service that will show it.")
    private String subject = "";

    @Option(
        names = "--roles",
        required = true,
        split = ",",
        paramLabel = "ROLE,..",
        description = "A part of the subject's roles.")
    private List<String> roles = List.of();

    @Option(
        names = "--days",
        defaultValue = "30",
        description = "Until it expires, 1 to 90 (default: ${DEFAULT-VALUE}).")
    private int days = 30;

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Once for each key.")
    private @Nullable String once;

    @Override
    public Integer call() {
      JsonNode answer =
          caller
              .as(Persona.ADMIN)
              .post(
                  "/v1/api-keys",
                  Map.of("subject", subject, "roles", roles, "days", days),
                  Optional.ofNullable(once));
      caller.show(
          answer,
          key ->
              "key %s of %s until %s%n%s%n"
                  .formatted(
                      key.path("key").asText(),
                      subject,
                      key.path("expiresAt").asText(),
                      key.path("secret").asText("shown once, when it was issued")));
      return Exit.OK;
    }
  }

  /// `rails key list`.
  @Command(
      name = "list",
      description = "All keys, with expiry and last use.",
      mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.ADMIN).get("/access/v1/api-keys"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      Table table = Table.of("KEY", "SUBJECT", "ROLES", "EXPIRES", "LAST USED", "STATE");
      for (JsonNode key : answer.path("items")) {
        table.row(
            key.path("key").asText(),
            key.path("subject").asText(),
            String.join(",", key.path("roles").valueStream().map(JsonNode::asText).toList()),
            key.path("expiresAt").asText(),
            key.path("lastUsedAt").asText("never"),
            key.has("revokedAt") ? "revoked" : "issued");
      }
      return table.text(caller.palette());
    }
  }

  /// `rails key revoke`.
  @Command(
      name = "revoke",
      description = "Take a key back; it opens nothing from the next request on.",
      mixinStandardHelpOptions = true)
  static final class Revoke implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "KEY", description = "Its public id.")
    private String key = "";

    @Override
    public Integer call() {
      JsonNode answer = caller.as(Persona.ADMIN).delete("/v1/api-keys/" + Client.encoded(key));
      caller.show(answer, _ -> "key %s is revoked%n".formatted(key));
      return Exit.OK;
    }
  }
}

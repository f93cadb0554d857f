package ai.rails.app.tenant;

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
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;

/// `rails environment`: what the tenant's environments are for.
@Command(
    name = "environment",
    description = "Where workflows run, and what they need to run there.",
    mixinStandardHelpOptions = true,
    subcommands = {EnvironmentCommand.Declare.class, EnvironmentCommand.Listing.class})
public final class EnvironmentCommand extends Group {
  public EnvironmentCommand() {
    super("rails environment list");
  }

  /// `rails environment declare`.
  @Command(
      name = "declare",
      description = {
        "Say what an environment is for, once and for ever. What demands less than its name does",
        "(only dev, test, qa, demo, sandbox and staging are not production by name) takes a second",
        "administrator, who says the same."
      },
      mixinStandardHelpOptions = true)
  static final class Declare implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "NAME", description = "1 to 32 lower-case letters, digits and -.")
    private String environment = "";

    @Option(
        names = "--kind",
        required = true,
        paramLabel = "KIND",
        description = "development, staging or production.")
    private String kind = "";

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Once for each key.")
    private @Nullable String key;

    @Override
    public Integer call() {
      JsonNode answer =
          caller
              .as(Persona.ADMIN)
              .post(
                  "/v1/environments",
                  Map.of("environment", environment, "kind", kind),
                  Optional.ofNullable(key));
      caller.show(answer, this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      return answer.path("state").asText().equals("PROPOSED")
          ? "proposed; another administrator says: rails environment declare %s --kind %s%n"
              .formatted(environment, kind)
          : "environment %s is %s%n".formatted(environment, kind);
    }
  }

  /// `rails environment list`.
  @Command(
      name = "list",
      description = "What was declared, proposed, or only ever named.",
      mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.ADMIN).get("/v1/environments"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      Table table = Table.of("ENVIRONMENT", "KIND", "RELEASE", "STATE", "PROPOSED");
      for (JsonNode each : answer.path("items")) {
        table.row(
            each.path("environment").asText(),
            each.path("kind").asText(),
            each.path("needsRelease").asBoolean() ? "needed" : "",
            each.path("state").asText(),
            each.has("proposedKind")
                ? "%s by %s"
                    .formatted(each.path("proposedKind").asText(), each.path("proposedBy").asText())
                : "");
      }
      return table.text(caller.palette());
    }
  }
}

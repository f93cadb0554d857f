package ai.rails.app.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;

/// `rails policy exception`: named exceptions to the tenant's own rules.
@Command(
    name = "exception",
    description =
        "Let one thing by until a time, although a rule of the tenant would hold it back.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ExceptionCommand.Propose.class,
      ExceptionCommand.Listing.class,
      ExceptionCommand.Withdraw.class
    })
final class ExceptionCommand extends Group {
  ExceptionCommand() {
    super("rails policy exception list");
  }

  /// `rails policy exception propose`.
  @Command(
      name = "propose",
      description = "Draft an exception; simulate the draft, and its approver accepts it.",
      mixinStandardHelpOptions = true)
  static final class Propose implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "NAME", description = "Lower-case letters, digits and hyphens.")
    private String name = "";

    @Option(
        names = "--tool",
        required = true,
        paramLabel = "CONNECTOR.ACTION",
        description = "For example servicenow.update-incident.")
    private String tool = "";

    @Option(names = "--env", required = true, split = ",", description = "Environments.")
    private List<String> environments = List.of();

    @Option(names = "--workflow", required = true, split = ",", description = "Workflows' ids.")
    private List<String> workflows = List.of();

    @Option(
        names = "--waives",
        required = true,
        description = "param.NAME, or quorum for what the tenant asks beyond the risk tier.")
    private String waives = "";

    @Option(names = "--reason", required = true, paramLabel = "CODE", description = "Why.")
    private String reason = "";

    @Option(names = "--approver", required = true, description = "Who is to accept it.")
    private String approver = "";

    @Option(
        names = "--until",
        required = true,
        paramLabel = "TIME",
        description = "At most 90 days from now, for example 2026-12-01T00:00:00Z.")
    private String until = "";

    @Override
    public Integer call() {
      int dot = tool.lastIndexOf('.');
      if (dot < 1) {
        throw caller.usage("--tool is a connector and an action, as in servicenow.update-incident");
      }
      Map<String, Object> body = new TreeMap<>();
      body.put("name", name);
      body.put("tool", tool.substring(0, dot));
      body.put("action", tool.substring(dot + 1));
      body.put("environments", environments);
      body.put("workflows", workflows);
      body.put("waives", waives);
      body.put("reason", reason);
      body.put("approver", approver);
      body.put("until", until);
      JsonNode answer =
          caller.as(Persona.BUILDER).post("/v1/policy/exceptions", body, Optional.empty());
      caller.show(
          answer,
          all ->
              "exception %1$s is draft %2$s%nrails policy draft simulate %2$s%n"
                  .formatted(name, all.path("draft").asText()));
      return Exit.OK;
    }
  }

  /// `rails policy exception list`.
  @Command(
      name = "list",
      description = "The exceptions, with those that are over.",
      mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.BUILDER).get("/policy/v1/exceptions"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      Table table = Table.of("EXCEPTION", "TOOL", "WAIVES", "REASON", "APPROVER", "UNTIL", "STATE");
      for (JsonNode each : answer.path("items")) {
        table.row(
            each.path("name").asText(),
            each.path("tool").asText() + "." + each.path("action").asText(),
            each.path("waives").asText(),
            each.path("reason").asText(),
            each.path("approver").asText(),
            each.path("until").asText(),
            each.path("state").asText());
      }
      return table.text(caller.palette());
    }
  }

  /// `rails policy exception withdraw`.
  @Command(
      name = "withdraw",
      description = "End an exception before its time; one person may.",
      mixinStandardHelpOptions = true)
  static final class Withdraw implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() {
      JsonNode answer =
          caller.as(Persona.OPERATOR).delete("/v1/policy/exceptions/" + Client.encoded(name));
      caller.show(answer, _ -> "exception %s is over%n".formatted(name));
      return Exit.OK;
    }
  }
}

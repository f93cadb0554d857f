package ai.rails.app.connector;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.http.Api;
import ai.rails.app.http.Declined;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Lists;
import ai.rails.app.verb.OutputFormat;
import ai.rails.app.verb.Palette;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;
import ai.rails.connector.Connector;
import ai.rails.connector.Connectors;

/// `rails connector`: those of this build need no server; their instances do.
@Command(
    name = "connector",
    description = "The connectors of this build, and their configured instances.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ConnectorCommand.Listing.class,
      ConnectorCommand.Show.class,
      ConnectorCommand.Lint.class,
      ContractVerb.class,
      Publishing.Sign.class,
      Publishing.Publish.class,
      Publishing.Revoke.class,
      ConnectorCommand.Instances.class,
      LimitsVerb.class
    })
public final class ConnectorCommand extends Group {
  public ConnectorCommand() {
    super("rails connector list");
  }

  private static List<Connector> builtIn() {
    return Connectors.builtIn().all().stream()
        .sorted(Comparator.comparing(Connector::name).thenComparing(Connector::version))
        .toList();
  }

  private static ObjectNode json(Connector connector) {
    ObjectNode json = Api.JSON.createObjectNode();
    json.put("connector", connector.name());
    json.put("version", connector.version());
    json.put("title", connector.title());
    connector.description().ifPresent(text -> json.put("description", text));
    json.put("digest", connector.digest());
    ArrayNode actions = json.putArray("actions");
    new TreeMap<>(connector.actions())
        .forEach((name, action) -> {
          ObjectNode each = actions.addObject();
          each.put("action", name);
          each.put("title", action.title());
          each.put("effect", action.effect().name());
          each.put("risk", action.risk().name());
          each.put("class", action.idempotencyClass().name());
          each.put("requests", connector.requests(action));
        });
    return json;
  }

  /// `rails connector list`.
  @Command(
      name = "list",
      description = "The connectors that this build carries (offline).",
      mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
    private OutputFormat format = OutputFormat.TEXT;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      switch (format) {
        case JSON -> {
          ArrayNode all = Api.JSON.createArrayNode();
          builtIn().forEach(each -> all.add(json(each)));
          out.println(all);
        }
        case TEXT -> {
          Table table = Table.of("CONNECTOR", "VERSION", "ACTIONS", "TITLE");
          builtIn()
              .forEach(each ->
                  table.row(each.name(), each.version(), each.actions().size(), each.title()));
          out.print(table.text(Palette.PLAIN));
        }
      }
      out.flush();
      return Exit.OK;
    }
  }

  /// `rails connector show`.
  @Command(
      name = "show",
      description = "A connector's actions: what they do, how risky they are (offline).",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "For example servicenow.")
    private String name = "";

    @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
    private OutputFormat format = OutputFormat.TEXT;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      Connector connector =
          builtIn().stream()
              .filter(each -> each.name().equals(name))
              .reduce((_, later) -> later)
              .orElseThrow(() ->
                  new Declined(
                      "this build has no connector %s; see: rails connector list".formatted(name)));
      PrintWriter out = spec.commandLine().getOut();
      switch (format) {
        case JSON -> out.println(json(connector));
        case TEXT -> out.print(text(connector));
      }
      out.flush();
      return Exit.OK;
    }

    private static String text(Connector connector) {
      Table table = Table.of("ACTION", "EFFECT", "RISK", "CLASS", "REQUESTS", "TITLE");
      new TreeMap<>(connector.actions())
          .forEach((action, what) ->
              table.row(
                  action,
                  what.effect(),
                  what.risk(),
                  what.idempotencyClass(),
                  connector.requests(what),
                  what.title()));
      return "%s %s: %s%n%s%n%s%n%s"
          .formatted(
              connector.name(),
              connector.version(),
              connector.title(),
              connector.digest(),
              connector.description().map("%n%s%n"::formatted).orElse(""),
              table.text(Palette.PLAIN));
    }
  }

  /// `rails connector lint`.
  @Command(
      name = "lint",
      description = "Check connector manifests (offline).",
      mixinStandardHelpOptions = true)
  static final class Lint implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Manifests in JSON.")
    private List<Path> files = List.of();

    @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
    private OutputFormat format = OutputFormat.TEXT;

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      ArrayNode faults = Api.JSON.createArrayNode();
      for (Path file : files) {
        try {
          Connector read = Connectors.read(bytes(file));
          if (format == OutputFormat.TEXT) {
            out.printf("%s: %s %s is good, %s%n", file, read.name(), read.version(), read.digest());
          }
        } catch (IllegalArgumentException | IllegalStateException e) {
          String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
          faults.addObject().put("file", file.toString()).put("message", message);
        }
      }
      switch (format) {
        case JSON -> out.println(faults);
        case TEXT ->
            faults.forEach(fault ->
                out.printf(
                    "%s: %s%n", fault.path("file").asText(), fault.path("message").asText()));
      }
      out.flush();
      return faults.isEmpty() ? Exit.OK : Exit.FAILED;
    }

    private byte[] bytes(Path file) {
      try {
        return Files.readAllBytes(file);
      } catch (IOException _) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "there is no file %s".formatted(file));
      }
    }
  }

  /// `rails connector instances`.
  @Command(
      name = "instances",
      description = "Which connectors are configured, against which hosts.",
      mixinStandardHelpOptions = true)
  static final class Instances implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Lists lists = new Lists();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      return lists.show(
          caller,
          client,
          "/v1/connector-instances",
          Map.of("workspace", client.chosenWorkspace().orElse("")),
          this::text);
    }

    private String text(JsonNode instances) {
      if (instances.isEmpty()) {
        return "no connector is configured%n".formatted();
      }
      Times times = Times.here();
      Table table = Table.of("INSTANCE", "CONNECTOR", "HOST", "CREDENTIAL", "CREATED");
      for (JsonNode each : instances) {
        table.row(
            each.path("instance").asText(),
            each.path("connector").asText(),
            each.path("host").asText() + ":" + each.path("port").asText(),
            each.has("credentialAt") ? times.relative(each.path("credentialAt").asLong()) : "none",
            times.relative(each.path("createdAt").asLong()));
      }
      return table.text(caller.palette());
    }
  }
}

package ai.rails.app.tenant;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Amounts;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Facts;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;

/// `rails project`: what belongs together, to whom, and what it cost.
@Command(
    name = "project",
    description = "Workspaces and workflows that belong together, their owner and their cost.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ProjectCommand.Setting.class,
      ProjectCommand.Show.class,
      ProjectCommand.Listing.class,
      ProjectCommand.Remove.class
    })
public final class ProjectCommand extends Group {
  public ProjectCommand() {
    super("rails project list");
  }

  private static String path(String project) {
    return "/v1/projects/" + Client.encoded(project);
  }

  private static String names(JsonNode names) {
    return String.join(",", names.valueStream().map(JsonNode::asText).toList());
  }

  /// `rails project set`.
  @Command(
      name = "set",
      description = "Say what a project is from now on, as a whole.",
      mixinStandardHelpOptions = true)
  static final class Setting implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "PROJECT", description = "Lower-case letters, digits and -.")
    private String project = "";

    @Option(
        names = "--owner",
        required = true,
        paramLabel = "SUBJECT",
        description = "Who answers for it.")
    private String owner = "";

    @Option(names = "--workspaces", split = ",", description = "Whole workspaces.")
    private List<String> workspaces = List.of();

    @Option(names = "--workflows", split = ",", description = "Workflows of other workspaces.")
    private List<String> workflows = List.of();

    @Override
    public Integer call() {
      JsonNode answer =
          caller
              .as(Persona.ADMIN)
              .put(
                  path(project),
                  Map.of("owner", owner, "workspaces", workspaces, "workflows", workflows));
      caller.show(answer, _ -> "project %s belongs to %s%n".formatted(project, owner));
      return Exit.OK;
    }
  }

  /// `rails project show`.
  @Command(
      name = "show",
      description = "What a project is and what it has cost.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "PROJECT", description = "Its name.")
    private String project = "";

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.ADMIN).get(path(project)), this::text);
      return Exit.OK;
    }

    private String text(JsonNode shown) {
      return "%s%n%s"
          .formatted(
              caller.palette().heading("Project " + project),
              new Facts()
                  .add("owner", shown.path("owner").asText())
                  .add("workspaces", names(shown.path("workspaces")))
                  .add("workflows", names(shown.path("workflows")))
                  .add("cost", Amounts.of(shown.path("cost")))
                  .text());
    }
  }

  /// `rails project list`.
  @Command(name = "list", description = "All projects.", mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.ADMIN).get("/v1/projects"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode answer) {
      Table table = Table.of("PROJECT", "OWNER", "WORKSPACES", "WORKFLOWS");
      for (JsonNode each : answer.path("items")) {
        table.row(
            each.path("project").asText(),
            each.path("owner").asText(),
            names(each.path("workspaces")),
            names(each.path("workflows")));
      }
      return table.text(caller.palette());
    }
  }

  /// `rails project remove`.
  @Command(
      name = "remove",
      description = "Dissolve a project; what was in it belongs to none.",
      mixinStandardHelpOptions = true)
  static final class Remove implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(paramLabel = "PROJECT", description = "Its name.")
    private String project = "";

    @Override
    public Integer call() {
      JsonNode answer = caller.as(Persona.ADMIN).delete(path(project));
      caller.show(answer, _ -> "project %s is no more%n".formatted(project));
      return Exit.OK;
    }
  }
}

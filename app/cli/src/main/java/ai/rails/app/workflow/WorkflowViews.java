package ai.rails.app.workflow;

import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Lists;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;

/// What is published.
final class WorkflowViews {
  private WorkflowViews() {}

  private static String table(Caller caller, JsonNode versions) {
    if (versions.isEmpty()) {
      return "no workflows; publish one: rails workflow publish FILE%n".formatted();
    }
    Times times = Times.here();
    Table table = Table.of("WORKFLOW", "VERSION", "PUBLISHED", "AUTHOR", "ARTIFACT");
    for (JsonNode version : versions) {
      String refused = version.path("refusedReason").asText();
      table.row(
          version.path("workflow").asText(),
          version.path("version").asText(),
          times.relative(version.path("publishedAt").asLong()),
          version.path("author").asText(),
          refused.isEmpty()
              ? "%.19s...".formatted(version.path("artifactDigest").asText())
              : "REFUSED " + refused);
    }
    return table.text(caller.palette());
  }

  /// `rails workflow list`.
  @Command(name = "list", description = "Published versions.", mixinStandardHelpOptions = true)
  static final class Listing implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Lists lists = new Lists();

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      return lists.show(
          caller,
          client,
          "/v1/workflows",
          Map.of("workspace", client.chosenWorkspace().orElse("")),
          versions -> table(caller, versions));
    }
  }

  /// `rails workflow show`.
  @Command(
      name = "show",
      description = "The versions of one workflow.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();
    @Mixin private Lists lists = new Lists();

    @Parameters(paramLabel = "WORKFLOW", description = "Its id.")
    private String workflow = "";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      String path =
          "/v1/workspaces/%s/workflows/%s"
              .formatted(Client.encoded(client.workspace()), Client.encoded(workflow));
      return lists.show(caller, client, path, Map.of(), versions -> table(caller, versions));
    }
  }
}

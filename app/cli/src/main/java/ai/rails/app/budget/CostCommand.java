package ai.rails.app.budget;

import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import ai.rails.app.run.FindRun;
import ai.rails.app.verb.Amounts;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;

/// `rails cost`.
@Command(
    name = "cost",
    description = "What runs cost, and what a workspace may spend.",
    mixinStandardHelpOptions = true,
    subcommands = {CostCommand.Show.class, BudgetCommand.class})
public final class CostCommand extends Group {
  private static final int MOST_RUNS = 200;

  public CostCommand() {
    super("rails cost show");
  }

  /// `rails cost show`.
  @Command(
      name = "show",
      description = "The total and each run's cost; with a run, the usage behind it.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Parameters(arity = "0..1", paramLabel = "RUN", description = "Id or ticket's number.")
    private @Nullable String run;

    @Override
    public Integer call() {
      Client client = caller.as(Persona.OPERATOR);
      caller.show(run == null ? all(client) : one(client, run), this::text);
      return Exit.OK;
    }

    /// One object: the server's total and the runs behind it.
    private static JsonNode all(Client client) {
      String workspace = client.chosenWorkspace().orElse("");
      Map<String, String> query = Map.of("workspace", workspace);
      ObjectNode costs =
          client
              .get(workspace.isEmpty() ? "/v1/costs" : "/v1/costs?workspace=" + workspace)
              .deepCopy();
      costs.set("runs", client.list("/v1/costs/runs", query, MOST_RUNS).items());
      return costs;
    }

    private static JsonNode one(Client client, String given) {
      String id = FindRun.id(client, given);
      ObjectNode costs = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
      String path = "/v1/runs/" + Client.encoded(id);
      costs.put("run", id);
      costs.set("total", client.get(path).path("cost"));
      String usage = "/v1/costs/runs/%s/usage".formatted(Client.encoded(id));
      costs.set("usage", client.list(usage, Map.of(), MOST_RUNS).items());
      return costs;
    }

    private String text(JsonNode costs) {
      Table table =
          costs.has("usage")
              ? Table.of("STEP", "MODEL", "IN", "CACHED", "OUT", "COST", "PRICES")
              : Table.of("RUN", "TICKET", "COST", "GPU SECONDS");
      for (JsonNode use : costs.path("usage")) {
        table.row(
            use.path("step").asText(),
            use.path("responseModel").asText(),
            use.path("inputTokens").asText(),
            use.path("cachedInputTokens").asText(),
            use.path("outputTokens").asText(),
            amount(use),
            use.path("priceTable").asText());
      }
      for (JsonNode each : costs.path("runs")) {
        table.row(
            each.path("run").asText(),
            each.path("externalId").asText(),
            amount(each),
            BigDecimal.valueOf(each.path("gpuMillis").asLong(), 3).toPlainString());
      }
      return table.text(caller.palette()) + "total %s%n".formatted(Amounts.of(costs.path("total")));
    }

    private static String amount(JsonNode money) {
      return Amounts.of(money.path("currency").asText(), money.path("nanos").asLong());
    }
  }
}

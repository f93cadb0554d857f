package ai.rails.app.budget;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import ai.rails.app.verb.Amounts;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;
import ai.rails.app.verb.Times;

/// `rails cost budget`.
@Command(
    name = "budget",
    description = "What a tenant, a workspace or a workflow may use, and has used.",
    mixinStandardHelpOptions = true,
    subcommands = {BudgetCommand.Show.class, BudgetCommand.Set.class, BudgetCommand.Lift.class})
final class BudgetCommand extends Group {
  BudgetCommand() {
    super("rails cost budget show");
  }

  /// `rails cost budget show`.
  @Command(
      name = "show",
      description = "Every budget as it stands now.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.OPERATOR).get("/v1/budgets"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode budgets) {
      Table table = Table.of("BUDGET", "WINDOW", "LIMIT", "USED", "SET ASIDE", "UNTIL");
      for (JsonNode each : budgets.path("items")) {
        String unit = each.path("unit").asText();
        table.row(
            each.path("budget").asText(),
            each.path("window").asText(),
            amount(unit, each.path("limit"))
                + (each.path("default").asBoolean() ? " (default)" : ""),
            amount(unit, each.path("used")),
            amount(unit, each.path("reserved")),
            Times.here().relative(each.path("endsAt").asLong()));
      }
      return table.text(caller.palette());
    }
  }

  /// Which budget is meant.
  static final class Which {
    @Option(names = "--tenant-wide", description = "The whole tenant's, not one workspace's.")
    private boolean tenantWide;

    @Option(names = "--workflow", paramLabel = "ID", description = "One workflow's only.")
    private @Nullable String workflow;

    @Option(
        names = "--every",
        paramLabel = "PERIOD",
        defaultValue = "month",
        description = "hour, day or month (the default).")
    private String period = "month";

    Map<String, Object> body(Caller caller, Client client, String unit) {
      if (tenantWide && workflow != null) {
        throw caller.usage("--tenant-wide and --workflow exclude each other");
      }
      Map<String, Object> body = new LinkedHashMap<>();
      if (!tenantWide) {
        body.put("workspace", client.workspace());
      }
      if (workflow != null) {
        body.put("workflow", workflow);
      }
      body.put("period", period.toUpperCase(Locale.ROOT));
      body.put("unit", unit);
      return body;
    }
  }

  /// `rails cost budget set`.
  @Command(
      name = "set",
      description = "Cap what may be used in each hour, day or month.",
      mixinStandardHelpOptions = true)
  static final class Set implements Callable<Integer> {
    private static final int NANOS = 9;

    @Mixin private Caller caller = new Caller();

    @Mixin private Which which = new Which();

    @Parameters(index = "0", paramLabel = "AMOUNT", description = "For example 50 or 12.50.")
    private BigDecimal amount = BigDecimal.ZERO;

    @Parameters(
        index = "1",
        paramLabel = "UNIT",
        description = "A currency such as USD, or runs, calls, tokens, gpu-hours.")
    private String unit = "";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      Map<String, Object> body = which.body(caller, client, unit);
      body.put("limit", limit());
      JsonNode answer = client.put("/v1/budgets", body);
      caller.show(
          answer,
          _ ->
              "%s may use %s in each %s%n"
                  .formatted(
                      answer.path("budget").asText(),
                      amount(unit, answer.path("limit")),
                      answer.path("period").asText().toLowerCase(Locale.ROOT)));
      return Exit.OK;
    }

    private long limit() {
      try {
        return isFraction(unit)
            ? amount.movePointRight(NANOS).longValueExact()
            : amount.longValueExact();
      } catch (ArithmeticException _) {
        throw caller.usage(
            isFraction(unit)
                ? "the amount has at most 9 decimals and 9 digits before them"
                : "give a whole number of " + unit);
      }
    }
  }

  /// `rails cost budget lift`.
  @Command(name = "lift", description = "Take a cap away.", mixinStandardHelpOptions = true)
  static final class Lift implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Mixin private Which which = new Which();

    @Parameters(paramLabel = "UNIT", description = "A currency, or runs, calls, tokens, gpu-hours.")
    private String unit = "";

    @Override
    public Integer call() {
      Client client = caller.as(Persona.ADMIN);
      JsonNode answer = client.put("/v1/budgets", which.body(caller, client, unit));
      caller.show(
          answer,
          _ ->
              "%s: no cap on %s in each %s%n"
                  .formatted(
                      answer.path("budget").asText(),
                      unit,
                      answer.path("period").asText().toLowerCase(Locale.ROOT)));
      return Exit.OK;
    }
  }

  private static boolean isFraction(String unit) {
    return unit.matches("[A-Z]{3}|gpu-hours");
  }

  private static String amount(String unit, JsonNode value) {
    return isFraction(unit) ? Amounts.of(unit, value.asLong()) : value.asText() + " " + unit;
  }
}

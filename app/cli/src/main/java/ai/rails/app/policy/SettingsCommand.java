package ai.rails.app.policy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Group;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Table;

/// `rails policy settings`: what owners set without Rego.
@Command(
    name = "settings",
    description =
        "Limits, tiers with escalations, groups of approvers, pauses, routing, templates.",
    mixinStandardHelpOptions = true,
    subcommands = {SettingsCommand.Show.class, SettingsCommand.Propose.class})
final class SettingsCommand extends Group {
  SettingsCommand() {
    super("rails policy settings show");
  }

  /// `rails policy settings show`.
  @Command(
      name = "show",
      description = "What is set; with -o json, a file to start from.",
      mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Override
    public Integer call() {
      caller.show(caller.as(Persona.BUILDER).get("/policy/v1/settings"), this::text);
      return Exit.OK;
    }

    private String text(JsonNode settings) {
      Table table = Table.of("SECTION", "WHAT", "SET TO");
      for (JsonNode each : settings.path("limits")) {
        table.row("limits", action(each) + " " + each.path("param").asText(), limit(each));
      }
      for (JsonNode each : settings.path("tiers")) {
        table.row("tiers", action(each) + amount(each), people(each) + escalation(each));
      }
      for (JsonNode each : settings.path("groups")) {
        table.row("groups", each.path("name").asText(), texts(each.path("members")));
      }
      for (JsonNode each : settings.path("pauses")) {
        table.row(
            "pauses",
            each.path("scope").asText() + " " + each.path("target").asText(),
            each.path("code").asText());
      }
      for (JsonNode each : settings.path("routing").path("providers")) {
        table.row(
            "routing",
            each.path("provider").asText() + (each.path("enabled").asBoolean() ? "" : " (off)"),
            texts(each.path("models")) + " in " + texts(each.path("regions")));
      }
      for (JsonNode each : settings.path("templates")) {
        table.row(
            "templates",
            each.path("name").asText() + " " + each.path("template").asText(),
            texts(each.path("actions")));
      }
      table.row("routing", "fallback", settings.path("routing").path("fallback").asText());
      table.row("approvals", "signed risk", texts(settings.path("signedRisk")));
      table.row("approvals", "most an hour", settings.path("maxPerHour").asText("-"));
      return table.text(caller.palette());
    }

    private static String action(JsonNode each) {
      return each.path("tool").asText() + "." + each.path("action").asText();
    }

    private static String amount(JsonNode tier) {
      return tier.has("param")
          ? " %s >= %s".formatted(tier.path("param").asText(), tier.path("atLeast").asText())
          : "";
    }

    private static String people(JsonNode each) {
      return "%s of %s".formatted(each.path("quorum").asText(), each.path("role").asText());
    }

    private static String escalation(JsonNode tier) {
      JsonNode next = tier.path("escalate");
      return next.isMissingNode()
          ? ""
          : ", after %s s %s".formatted(next.path("afterSeconds").asText(), people(next));
    }

    private static String limit(JsonNode limit) {
      String rule =
          limit.has("values")
              ? "one of " + texts(limit.path("values"))
              : "%s to %s".formatted(limit.path("min").asText("0"), limit.path("max").asText());
      boolean present = !limit.has("values") && !limit.has("max");
      return (present ? "disclosed" : rule)
          + (limit.path("optional").asBoolean() ? ", or missing" : "");
    }

    private static String texts(JsonNode array) {
      String text = String.join(", ", array.valueStream().map(JsonNode::asText).toList());
      return text.isEmpty() ? "-" : text;
    }
  }

  /// `rails policy settings propose`.
  @Command(
      name = "propose",
      description = "Draft settings; simulate the draft, and another administrator accepts it.",
      mixinStandardHelpOptions = true)
  static final class Propose implements Callable<Integer> {
    @Mixin private Caller caller = new Caller();

    @Option(
        names = "--file",
        required = true,
        paramLabel = "FILE",
        description = "JSON; a section that is given replaces what stands, the others stay.")
    private Path file = Path.of("");

    @Option(
        names = "--version",
        paramLabel = "VERSION",
        description = "SemVer; without it, the least that a replay permits.")
    private @Nullable String version;

    @Override
    public Integer call() {
      Map<String, Object> body = new TreeMap<>(PolicyFiles.object(file));
      Optional.ofNullable(version).ifPresent(called -> body.put("version", called));
      JsonNode answer =
          caller.as(Persona.BUILDER).post("/v1/policy/settings", body, Optional.empty());
      caller.show(
          answer,
          draft ->
              DraftCommand.told(draft)
                  + "rails policy draft simulate %s%n".formatted(draft.path("draft").asText()));
      return Exit.OK;
    }
  }
}

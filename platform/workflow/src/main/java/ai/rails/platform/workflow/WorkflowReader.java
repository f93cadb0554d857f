package ai.rails.platform.workflow;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.snakeyaml.engine.v2.nodes.Node;

import ai.rails.domain.budget.Money;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.RunLimits;
import ai.rails.domain.workflow.Workflow.Trigger;
import ai.rails.domain.workflow.Workflow.Workers;

/// Reads the file into a [Draft], reporting everything that has not the right form.
final class WorkflowReader {
  private static final Set<String> KEYS =
      Set.of(
          "apiVersion",
          "kind",
          "metadata",
          "inputs",
          "triggers",
          "connectors",
          "steps",
          "limits",
          "settings",
          "subject",
          "workers");
  private static final String KINDS = "webhook, schedule, api or manual";
  private static final Duration MAX_RUN = Duration.ofDays(60);
  private static final RunLimits LIMITS = new RunLimits(Duration.ofDays(1), Money.zero("USD"));

  private final Problems problems;
  private final FieldReader fieldReader;

  WorkflowReader(Problems problems) {
    this.problems = problems;
    this.fieldReader = new FieldReader(problems);
  }

  Draft read(Node node) {
    Fields root = Fields.closed(node, "workflow", problems, KEYS);
    root.requireText("apiVersion", Pattern.compile("airails\\.dev/v1"), "airails.dev/v1");
    root.requireText("kind", Pattern.compile("Workflow"), "Workflow");
    Optional<Fields> metadata =
        root.require("metadata", "`metadata` with id, version and title")
            .map(value ->
                Fields.closed(value, "metadata", problems, Set.of("id", "version", "title")));
    return new Draft(
        metadata.flatMap(m -> m.requireText("id", Forms.WORKFLOW, Forms.WORKFLOW_HINT)).orElse("x"),
        metadata
            .flatMap(m -> m.requireText("version", Forms.SEMVER, Forms.SEMVER_HINT))
            .orElse("0.0.0"),
        metadata.flatMap(m -> m.requireText("title", Forms.TITLE, Forms.TITLE_HINT)).orElse(""),
        fieldReader.inputs(root, "inputs"),
        triggers(root),
        connectors(root),
        new StepReader(problems).read(root),
        limits(root),
        settings(root),
        root.text("subject", Forms.NAME, "an input that discloses a person's pseudonym"),
        workers(root));
  }

  private Workers workers(Fields root) {
    return new Workers(
        root.get("workers")
            .map(node -> Fields.closed(node, "workers", problems, Set.of("gpu")))
            .flatMap(fields -> fields.text("gpu", Pattern.compile("confidential"), "confidential"))
            .isPresent());
  }

  private List<Trigger> triggers(Fields root) {
    List<Trigger> triggers = new ArrayList<>();
    for (Node node : root.list("triggers")) {
      Fields fields =
          Fields.closed(
              node,
              "triggers[%d]".formatted(triggers.size()),
              problems,
              Set.of("id", "kind", "source", "fields", "dedupe", "inputs", "schedule", "timezone"));
      triggers.add(trigger(fields));
    }
    return triggers;
  }

  private Trigger trigger(Fields fields) {
    Trigger.Kind kind =
        fields
            .requireText("kind", Forms.NAME, KINDS)
            .flatMap(text -> kind(text, fields))
            .orElse(Trigger.Kind.MANUAL);
    Map<String, String> inputs = new LinkedHashMap<>();
    fields
        .get("inputs")
        .map(node -> Fields.open(node, fields.path("inputs"), problems, "inputs and pointers"))
        .ifPresent(given -> {
          for (String name : given.keys()) {
            given
                .text(name, Forms.POINTER, "a JSON Pointer into the body, such as /sys_id")
                .ifPresent(pointer -> inputs.put(name, pointer));
          }
        });
    Optional<String> schedule = fields.text("schedule", Forms.CRON, Forms.CRON_HINT);
    if ((kind == Trigger.Kind.SCHEDULE) != fields.has("schedule")) {
      problems.at(
          fields.path(), "trigger and schedule do not fit", "`schedule` with kind schedule only");
    }
    return new Trigger(
        fields.requireText("id", Forms.NAME, Forms.NAME_HINT).orElse("x"),
        kind,
        fields.text("source", Forms.ID, Forms.ID_HINT).orElse(""),
        fieldReader.closed(fields, "fields"),
        fields.texts("dedupe", Forms.NAME, Forms.NAME_HINT),
        inputs,
        schedule,
        fields.text("timezone", Forms.ZONE, Forms.ZONE_HINT));
  }

  private Optional<Trigger.Kind> kind(String text, Fields fields) {
    if (text.equals("poll")) {
      problems.at(
          fields.path("kind"),
          "mailboxes and channels are not polled in this version",
          "a webhook, or a schedule whose first step reads the mailbox or channel");
      return Optional.empty();
    }
    for (Trigger.Kind kind : Trigger.Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(kind);
      }
    }
    problems.at(fields.path("kind"), "`%s` is no kind of trigger".formatted(text), KINDS);
    return Optional.empty();
  }

  private Map<String, ConnectorPin> connectors(Fields root) {
    Map<String, ConnectorPin> pins = new LinkedHashMap<>();
    root.get("connectors")
        .map(node -> Fields.open(node, "connectors", problems, "aliases"))
        .ifPresent(aliases -> {
          for (String alias : aliases.keys()) {
            aliases
                .get(alias)
                .flatMap(node -> pin(node, alias))
                .ifPresent(pin -> pins.put(alias, pin));
          }
        });
    return pins;
  }

  private Optional<ConnectorPin> pin(Node node, String alias) {
    if (!Forms.NAME.matcher(alias).matches()) {
      problems.at("connectors." + alias, "`%s` is no alias".formatted(alias), Forms.NAME_HINT);
    }
    Fields fields =
        Fields.closed(
            node,
            "connectors." + alias,
            problems,
            Set.of("connector", "version", "instance", "model"));
    Optional<String> connector =
        fields.requireText("connector", Forms.WORKFLOW, "a connector such as servicenow");
    Optional<String> version = fields.requireText("version", Forms.SEMVER, Forms.SEMVER_HINT);
    Optional<String> instance =
        fields.requireText("instance", Forms.ID, "the id of a connector instance");
    Optional<String> model = fields.text("model", Forms.ID, "a pinned model");
    if (connector.isEmpty() || version.isEmpty() || instance.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new ConnectorPin(connector.get(), version.get(), "", instance.get(), model));
  }

  private RunLimits limits(Fields root) {
    Optional<Fields> limits =
        root.require("limits", "`limits` with duration and cost")
            .map(node -> Fields.closed(node, "limits", problems, Set.of("duration", "cost")));
    if (limits.isEmpty()) {
      return LIMITS;
    }
    limits.get().require("duration", "`duration`, for example P1D");
    return new RunLimits(
        limits
            .get()
            .duration("duration", Duration.ofSeconds(10), MAX_RUN)
            .orElse(LIMITS.duration()),
        limits
            .get()
            .requireText("cost", Forms.COST, Forms.COST_HINT)
            .map(WorkflowReader::money)
            .orElse(LIMITS.cost()));
  }

  private static Money money(String text) {
    Matcher cost = Forms.COST.matcher(text);
    if (!cost.matches()) {
      throw new IllegalStateException("the form was checked before");
    }
    BigDecimal units = new BigDecimal(text.substring(0, text.indexOf(' ')));
    return new Money(cost.group(3), units.movePointRight(9).longValueExact());
  }

  private Map<String, Object> settings(Fields root) {
    Map<String, Object> settings = new HashMap<>();
    ValueReader values = new ValueReader(problems);
    root.get("settings")
        .map(node -> Fields.open(node, "settings", problems, "names and values"))
        .ifPresent(given -> {
          for (String name : given.keys()) {
            given
                .get(name)
                .ifPresent(node -> settings.put(name, values.json(node, given.path(name))));
          }
        });
    return settings;
  }
}

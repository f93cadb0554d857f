package ai.rails.command.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.workflow.Compiler;
import ai.rails.domain.budget.Money;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Call;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Kind;
import ai.rails.domain.workflow.Step.Retry;
import ai.rails.domain.workflow.Value;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.domain.workflow.Workflow.RunLimits;
import ai.rails.domain.workflow.Workflow.Trigger;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.workflow.SourcePlace;

/// Takes texts of the form `<kind> <id> <version>`, with kind `triage`, `sealed` or `person`, in
/// the place of workflows.
public final class TestCompiler implements Compiler {
  public static final String CONNECTOR = "sha256:" + "c".repeat(64);

  @Override
  public Compiled compile(String yaml, String author) {
    String[] words = yaml.strip().split(" ", -1);
    if (words.length != 3) {
      throw Problem.faults(
          422,
          "WORKFLOW_INVALID",
          "the workflow does not compile",
          List.of(new Problem.Fault("workflow.yaml", 1, 1, "three words are wanted")));
    }
    byte[] artifact =
        Json.write(Map.of("kind", words[0], "id", words[1], "version", words[2], "author", author));
    return new Compiled(
        read(artifact),
        artifact,
        "{}".getBytes(StandardCharsets.UTF_8),
        Map.of("steps", List.of(), "connectors", Map.of(), "kind", words[0]),
        Map.of("steps.update", new SourcePlace(7, 5)));
  }

  @Override
  public Workflow read(byte[] artifact) {
    JsonNode json = Json.tree(artifact);
    boolean sealed = json.path("kind").asText().equals("sealed");
    if (json.path("kind").asText().equals("person")) {
      return aboutAPerson(json);
    }
    boolean timed = json.path("kind").asText().equals("timed");
    return new Workflow(
        json.path("id").asText(),
        json.path("version").asText(),
        "Test",
        json.path("author").asText(),
        timed
            ? Map.of("due", field(Field.Type.TIME))
            : sealed
                ? Map.of(
                    "note",
                    field(Field.Type.CONTENT),
                    "level",
                    new Field(Field.Type.ENUM, List.of("1", "2")))
                : Map.of("incident", field(Field.Type.ID)),
        timed ? List.of(daily()) : sealed ? List.of(manual()) : List.of(webhook(), manual()),
        Map.of(
            "snow",
            new ConnectorPin("servicenow", "1.0.0", CONNECTOR, "snow-dev", Optional.empty())),
        timed || json.path("kind").asText().equals("chain")
            ? chain()
            : List.of(
                step("ask", Kind.GATE, Optional.empty(), Optional.of(gate())),
                step("update", Kind.TOOL, Optional.of(call()), Optional.empty(), "ask")),
        new RunLimits(Duration.ofHours(1), new Money("USD", 1_000_000_000)),
        Map.of(),
        Optional.empty(),
        Workflow.Workers.ANY);
  }

  private static Workflow aboutAPerson(JsonNode json) {
    return new Workflow(
        json.path("id").asText(),
        json.path("version").asText(),
        "Test",
        json.path("author").asText(),
        Map.of("person", field(Field.Type.ID), "note", field(Field.Type.CONTENT)),
        List.of(manual()),
        Map.of(),
        chain(),
        new RunLimits(Duration.ofHours(1), new Money("USD", 1_000_000_000)),
        Map.of(),
        Optional.of("person"),
        Workflow.Workers.ANY);
  }

  /// Steps without calls, one after the other.
  private static List<Step> chain() {
    return List.of(
        step("gather", Kind.GUARD, Optional.empty(), Optional.empty()),
        step("weigh", Kind.GUARD, Optional.empty(), Optional.empty(), "gather"),
        step("judge", Kind.GUARD, Optional.empty(), Optional.empty(), "weigh"));
  }

  private static Trigger webhook() {
    return new Trigger(
        "changed",
        Trigger.Kind.WEBHOOK,
        "snow",
        Map.of(
            "sys_id", field(Field.Type.ID),
            "sys_mod_count", field(Field.Type.INTEGER),
            "sys_updated_on", field(Field.Type.TIME),
            "operation", new Field(Field.Type.ENUM, List.of("insert", "update"))),
        List.of("sys_id", "sys_mod_count"),
        Map.of("incident", "/sys_id"),
        Optional.empty(),
        Optional.empty());
  }

  private static Trigger daily() {
    return new Trigger(
        "morning",
        Trigger.Kind.SCHEDULE,
        "",
        Map.of(),
        List.of(),
        Map.of("due", "/due"),
        Optional.of("0 7 * * *"),
        Optional.of("Europe/Berlin"));
  }

  private static Trigger manual() {
    return new Trigger(
        "manual",
        Trigger.Kind.MANUAL,
        "",
        Map.of(),
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  private static Gate gate() {
    return new Gate("update", "approver", 1, Duration.ofHours(1), Map.of(), Optional.empty());
  }

  private static Call call() {
    return new Call(
        "snow", "update-incident", Map.of("urgency", new Value.Constant("2")), List.of());
  }

  private static Field field(Field.Type type) {
    return new Field(type, List.of());
  }

  private static Step step(
      String id, Kind kind, Optional<Call> call, Optional<Gate> gate, String... needs) {
    return new Step(
        id,
        kind,
        List.of(needs),
        Optional.empty(),
        Map.of(),
        new Retry(2, Duration.ofSeconds(1), Duration.ofSeconds(5)),
        Duration.ofSeconds(30),
        call,
        gate,
        List.of(),
        Optional.<Value>empty(),
        Optional.empty());
  }
}

package ai.rails.command.worker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.budget.Money;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Call;
import ai.rails.domain.workflow.Step.Disclosed;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Kind;
import ai.rails.domain.workflow.Step.Retry;
import ai.rails.domain.workflow.Value;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.domain.workflow.Workflow.RunLimits;

/// A small workflow: fetch, classify, ask, update; and page somebody, which can not be asked about.
///
/// @param gateExpires how long approvers have
/// @param duration limit of a run
record Triage(Duration gateExpires, Duration duration) {
  static final String DIGEST = "sha256:" + "a".repeat(64);
  static final String CONNECTOR = "sha256:" + "c".repeat(64);
  static final String MODEL = "m-2026-01-01";
  static final Triage PATIENT = new Triage(Duration.ofHours(4), Duration.ofHours(1));
  private static final Retry TWICE = new Retry(2, Duration.ofMillis(20), Duration.ofMillis(100));

  Workflow workflow(String... steps) {
    List<Step> all =
        List.of(
            step("fetch", Kind.TOOL, call("get-incident"), Optional.empty()),
            step("classify", Kind.AI, call("complete"), Optional.empty(), "fetch"),
            step("ask", Kind.GATE, Optional.empty(), Optional.of(gate()), "classify"),
            step("update", Kind.TOOL, call("update-incident"), Optional.empty(), "ask"),
            step("page", Kind.TOOL, call("page"), Optional.empty()));
    List<String> wanted = List.of(steps);
    return new Workflow(
        "triage",
        "1.0.0",
        "Triage",
        "author",
        Map.of(),
        List.of(),
        Map.of(
            "snow",
            new ConnectorPin("servicenow", "1.0.0", CONNECTOR, "snow-dev", Optional.empty())),
        all.stream().filter(step -> wanted.contains(step.id())).toList(),
        new RunLimits(duration, new Money("USD", 1_000_000_000)),
        Map.of(),
        Optional.empty(),
        Workflow.Workers.ANY);
  }

  /// One step, which another model may do instead.
  Workflow routed() {
    Workflow plain = workflow("fetch");
    Call first = new Call("snow", "complete", Map.of(), List.of());
    Call other = new Call("other", "complete", Map.of(), List.of());
    Call either = new Call(first.connector(), first.action(), Map.of(), List.of(), List.of(other));
    return new Workflow(
        plain.id(),
        plain.version(),
        plain.title(),
        plain.author(),
        plain.inputs(),
        plain.triggers(),
        Map.of("snow", pin("servicenow", "snow-dev"), "other", pin("azure", "other-1")),
        List.of(step("classify", Kind.AI, Optional.of(either), Optional.empty())),
        plain.limits(),
        plain.settings(),
        Optional.empty(),
        Workflow.Workers.ANY);
  }

  /// One step: a model inside a worker that has a GPU.
  Workflow onGpu() {
    Workflow plain = workflow("fetch");
    return new Workflow(
        plain.id(),
        plain.version(),
        plain.title(),
        plain.author(),
        plain.inputs(),
        plain.triggers(),
        plain.connectors(),
        List.of(step("classify", Kind.AI, call("think"), Optional.empty())),
        plain.limits(),
        plain.settings(),
        Optional.empty(),
        new Workflow.Workers(true));
  }

  private static ConnectorPin pin(String connector, String instance) {
    return new ConnectorPin(connector, "1.0.0", CONNECTOR, instance, Optional.of(MODEL));
  }

  private Gate gate() {
    return new Gate("update", "approver", 1, gateExpires, Map.of(), call("post-card"));
  }

  private static Optional<Call> call(String action) {
    return Optional.of(
        new Call("snow", action, Map.of("impact", new Value.Constant("1")), List.of()));
  }

  private static Step step(
      String id, Kind kind, Optional<Call> call, Optional<Gate> gate, String... needs) {
    return new Step(
        id,
        kind,
        List.of(needs),
        Optional.empty(),
        Map.of("category", new Disclosed(new Field(Field.Type.ID, List.of()), "/category")),
        TWICE,
        Duration.ofSeconds(30),
        call,
        gate,
        List.of(),
        Optional.empty(),
        Optional.empty());
  }
}

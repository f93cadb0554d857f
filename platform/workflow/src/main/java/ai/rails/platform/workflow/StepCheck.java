package ai.rails.platform.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Call;
import ai.rails.domain.workflow.Step.Disclosed;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Kind;
import ai.rails.domain.workflow.Value;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Field;

/// Checks the steps in their order, each with what the steps before it give.
final class StepCheck {
  private static final Duration LEAST_FOR_A_CALL = Duration.ofSeconds(10);

  private final Draft draft;
  private final StepOrder order;
  private final Problems problems;
  private final ValueCheck values;
  private final CallCheck calls;
  private final Map<String, JsonType> outputs = new HashMap<>();
  private final Map<String, ActionType> actions = new HashMap<>();
  private final Map<String, String> conditions = new HashMap<>();

  StepCheck(Draft draft, StepOrder order, ConnectorCatalogue catalogue, Problems problems) {
    this.draft = draft;
    this.order = order;
    this.problems = problems;
    this.values = new ValueCheck(problems, new WorkerExpressions());
    this.calls = new CallCheck(draft, catalogue, problems, values);
  }

  void check() {
    order.ordered().forEach(this::check);
    gates();
  }

  /// Step id to condition, with conversions.
  Map<String, String> conditions() {
    return conditions;
  }

  private void check(Step step) {
    String path = "steps." + step.id();
    Set<String> before = order.before(step.id());
    step.when().ifPresent(when -> condition(step.id(), path + ".when", when, before));
    Roots roots = Roots.ofStep(draft, outputs, before);
    timeout(step, path);
    Optional<ActionType> action = step.call().flatMap(call -> calls.check(call, roots, path));
    action.ifPresent(type -> actions.put(step.id(), type));
    if (step.kind() == Kind.AI) {
      action.ifPresent(type -> model(step.call().orElseThrow(), type, path));
    }
    List<JsonType> others = others(step, roots, path);
    int at = 0;
    for (Step.Rule rule : step.rules()) {
      values.expression(rule.cel(), roots, "%s.rules[%d].cel".formatted(path, at++));
    }
    JsonType output = output(step, action, roots, before);
    outputs.put(step.id(), output);
    step.disclose()
        .forEach((name, disclosed) -> {
          disclosed(path, name, disclosed, output);
          others.forEach(other -> disclosed(path, name, disclosed, other));
        });
    step.compensate().ifPresent(call -> compensation(step, call, before));
  }

  /// A call may only leave while its lease still runs for a while, and no lease outlives the
  /// timeout.
  private void timeout(Step step, String path) {
    boolean calls = step.kind() == Kind.TOOL || step.kind() == Kind.AI || step.kind() == Kind.GATE;
    if (calls && step.timeout().compareTo(LEAST_FOR_A_CALL) < 0) {
      problems.at(
          path + ".timeout",
          "no call could leave within %s".formatted(step.timeout()),
          "at least %s for a step that makes a call".formatted(LEAST_FOR_A_CALL));
    }
  }

  private JsonType output(Step step, Optional<ActionType> action, Roots roots, Set<String> before) {
    return switch (step.kind()) {
      case TOOL, AI -> action.map(type -> new JsonType(type.result())).orElse(JsonType.ANY);
      case GATE -> JsonType.object(Map.of());
      case GUARD ->
          step.output()
              .map(value -> values.check(value, roots, "steps.%s.output".formatted(step.id())))
              .orElse(JsonType.object(Map.of()));
      case PROOF ->
          step.output()
              .map(value ->
                  values.check(
                      value, roots.withEvidence(before), "steps.%s.output".formatted(step.id())))
              .orElse(JsonType.ANY);
    };
  }

  private void condition(String key, String path, String when, Set<String> before) {
    CelConditions.Checked checked = CelConditions.check(when, disclosedFields(before));
    checked.condition().ifPresent(condition -> conditions.put(key, condition));
    checked
        .problem()
        .ifPresent(problem ->
            problems.at(
                path, problem, "one of " + String.join(", ", disclosedFields(before).keySet())));
  }

  private Map<String, Field> disclosedFields(Set<String> before) {
    Map<String, Field> fields = new LinkedHashMap<>();
    draft
        .inputs()
        .forEach((name, field) -> {
          if (field.type() != Field.Type.CONTENT) {
            fields.put("inputs." + name, field);
          }
        });
    for (String id : before) {
      draft
          .step(id)
          .ifPresent(step ->
              step.disclose()
                  .forEach((name, d) -> fields.put("steps.%s.%s".formatted(id, name), d.field())));
    }
    return fields;
  }

  private void disclosed(String path, String name, Disclosed disclosed, JsonType output) {
    String place = "%s.disclose.%s".formatted(path, name);
    Optional<JsonType> found = output.at(disclosed.pointer());
    if (found.isEmpty()) {
      problems.at(
          place,
          "the step's output has nothing at `%s`".formatted(disclosed.pointer()),
          Names.expected(disclosed.pointer().substring(1), output.members()));
      return;
    }
    JsonType wanted =
        switch (disclosed.field().type()) {
          case ID, ENUM, TIME, CONTENT -> JsonType.of("string");
          case INTEGER -> either("integer");
          case NUMBER -> JsonType.of("number");
          case BOOLEAN -> either("boolean");
        };
    if (found.get().contradicts(wanted)) {
      problems.at(
          place,
          "`%s` is %s and can not be disclosed as %s"
              .formatted(disclosed.pointer(), found.get().name(), disclosed.field().type()),
          wanted.name());
    }
  }

  // Many systems send numbers and booleans as text; the worker takes them if they read as such.
  private static JsonType either(String type) {
    var schema = JsonNodeFactory.instance.objectNode();
    schema.putArray("type").add(type).add("string");
    return new JsonType(schema);
  }

  /// Other models are asked for the same: their action is called the same, and what is disclosed of
  /// the answer is there whoever gave it.
  private List<JsonType> others(Step step, Roots roots, String path) {
    List<JsonType> outputs = new ArrayList<>();
    List<Call> alternatives = step.call().map(Call::alternatives).orElse(List.of());
    for (int i = 0; i < alternatives.size(); i++) {
      Call other = alternatives.get(i);
      String place = "%s.or[%d]".formatted(path, i);
      Optional<ActionType> action = calls.check(other, roots, place);
      action.ifPresent(type -> {
        model(other, type, place);
        outputs.add(new JsonType(type.result()));
      });
      if (!other.action().equals(step.call().orElseThrow().action())) {
        problems.at(
            place + ".use",
            "action `%s` is another one than the step's".formatted(other.action()),
            "`%s` of another connector".formatted(step.call().orElseThrow().action()));
      }
    }
    return outputs;
  }

  private void model(Call call, ActionType action, String path) {
    ConnectorPin pin = draft.connectors().get(call.connector());
    String place = "connectors." + call.connector();
    if (action.effect() != ActionType.Effect.MODEL) {
      problems.at(
          path + ".use",
          "action `%s` is no model".formatted(call.action()),
          "a model's action, or kind tool");
    }
    if (pin == null) {
      return;
    }
    if (pin.model().isEmpty()) {
      problems.at(place, "connector `%s` has no model".formatted(call.connector()), ModelPin.HINT);
    } else if (!ModelPin.isPinned(pin.model().get())) {
      problems.at(
          place + ".model", "model `%s` is not pinned".formatted(pin.model().get()), ModelPin.HINT);
    }
    if (call.parameters().get("model") instanceof Value.Constant named
        && pin.model().filter(model -> model.equals(named.scalar())).isEmpty()) {
      problems.at(
          path + ".with.model",
          "model `%s` is not the pinned one".formatted(named.scalar()),
          "`%s`".formatted(pin.model().orElse("the connector's model")));
    }
  }

  private void compensation(Step step, Call call, Set<String> before) {
    Set<String> reach = new HashSet<>(before);
    reach.add(step.id());
    calls.check(
        call, Roots.ofStep(draft, outputs, reach), "steps.%s.compensate".formatted(step.id()));
  }

  private void gates() {
    Map<String, String> guardedBy = new HashMap<>();
    for (Step step : draft.steps()) {
      step.gate().ifPresent(gate -> gate(step, gate, guardedBy));
    }
  }

  private void gate(Step step, Gate gate, Map<String, String> guardedBy) {
    String path = "steps." + step.id();
    Optional<Step> guarded = draft.step(gate.forStep());
    if (guarded.isEmpty() || guarded.get().call().isEmpty()) {
      List<String> calling =
          draft.steps().stream().filter(each -> each.call().isPresent()).map(Step::id).toList();
      problems.at(
          path + ".for",
          "gate `%s` is for `%s`, which is no step with a call"
              .formatted(step.id(), gate.forStep()),
          Names.expected(gate.forStep(), calling));
      return;
    }
    Step target = guarded.get();
    if (!target.call().orElseThrow().alternatives().isEmpty()) {
      problems.at(
          path + ".for",
          "step `%s` may ask another model than the one that is approved".formatted(target.id()),
          "a step without `or`: what is approved is what runs");
    }
    if (!order.before(target.id()).contains(step.id())) {
      problems.at(
          path + ".for",
          "step `%s` does not wait for its gate `%s`".formatted(target.id(), step.id()),
          "`needs: [%s]` in step `%s`".formatted(step.id(), target.id()));
    }
    String other = guardedBy.put(target.id(), step.id());
    if (other != null) {
      problems.at(
          path + ".for",
          "step `%s` has a gate already, `%s`".formatted(target.id(), other),
          "one gate a step; a quorum asks more people");
    }
    ActionType action = actions.get(target.id());
    if (action != null) {
      calls.gated(target, target.call().orElseThrow(), action);
    }
    for (int i = 0; i < gate.tiers().size(); i++) {
      String tier = "%s.tiers[%s]".formatted(step.id(), i);
      String when = gate.tiers().get(i).when();
      condition(tier, "steps.%s.when".formatted(tier), when, order.before(step.id()));
    }
    shown(step, gate, target);
  }

  private void shown(Step step, Gate gate, Step target) {
    Set<String> before = order.before(step.id());
    Map<String, Field> fields = disclosedFields(before);
    gate.display()
        .forEach((label, field) -> {
          if (!fields.containsKey(field)) {
            problems.at(
                "steps.%s.display.%s".formatted(step.id(), label),
                "`%s` is not disclosed before gate `%s`".formatted(field, step.id()),
                Names.expected(field, fields.keySet()));
          }
        });
    gate.card()
        .ifPresent(card ->
            calls.check(
                card,
                Roots.ofCard(draft, before, Optional.of(target)),
                "steps.%s.card".formatted(step.id())));
  }
}

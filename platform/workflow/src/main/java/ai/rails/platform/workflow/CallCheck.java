package ai.rails.platform.workflow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import ai.rails.domain.Limits;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Call;
import ai.rails.domain.workflow.Value;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Field;

/// Checks calls against what their actions take and what may leave the seal.
final class CallCheck {
  private final Draft draft;
  private final ConnectorCatalogue catalogue;
  private final Problems problems;
  private final ValueCheck values;
  private final SchemaRegistry schemas =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  CallCheck(Draft draft, ConnectorCatalogue catalogue, Problems problems, ValueCheck values) {
    this.draft = draft;
    this.catalogue = catalogue;
    this.problems = problems;
    this.values = values;
  }

  /// Checks a call; returns its action if there is one.
  Optional<ActionType> check(Call call, Roots roots, String path) {
    Optional<ActionType> action = action(call, path);
    Map<String, JsonType> given = new HashMap<>();
    call.parameters()
        .forEach((name, value) ->
            given.put(name, values.check(value, roots, "%s.with.%s".formatted(path, name))));
    action.ifPresent(type -> parameters(call, type, given, path));
    return action;
  }

  private Optional<ActionType> action(Call call, String path) {
    String place = path + ".use";
    ConnectorPin pin = draft.connectors().get(call.connector());
    if (pin == null) {
      problems.at(
          place,
          "there is no connector `%s`".formatted(call.connector()),
          Names.expected(call.connector(), draft.connectors().keySet()));
      return Optional.empty();
    }
    Optional<ActionType> action = catalogue.action(pin.connector(), pin.version(), call.action());
    if (action.isEmpty()) {
      problems.at(
          place,
          "connector %s %s has no action `%s`"
              .formatted(pin.connector(), pin.version(), call.action()),
          "an action of its manifest");
    } else if (action.get().requests() > Limits.REQUESTS_PER_CALL) {
      problems.at(
          place,
          "action `%s` makes %d requests".formatted(call.action(), action.get().requests()),
          "at most %d requests a call".formatted(Limits.REQUESTS_PER_CALL));
    }
    return action;
  }

  private void parameters(Call call, ActionType action, Map<String, JsonType> given, String path) {
    JsonType wanted = new JsonType(action.parameters());
    given.forEach(
        (name, type) -> parameter(call, name, type, wanted, "%s.with.%s".formatted(path, name)));
    Set<String> missing = new TreeSet<>();
    action.parameters().path("required").forEach(name -> missing.add(name.asText()));
    missing.removeAll(given.keySet());
    missing.forEach(name ->
        problems.at(
            path + ".with",
            "action `%s` lacks parameter `%s`".formatted(call.action(), name),
            "`%s`, %s".formatted(name, wanted.at("/" + name).orElse(JsonType.ANY).name())));
    for (String name : call.reveal()) {
      if (!given.containsKey(name)) {
        problems.at(
            path + ".reveal",
            "`%s` is revealed and no parameter".formatted(name),
            Names.expected(name, given.keySet()));
      }
    }
  }

  private void parameter(Call call, String name, JsonType type, JsonType wanted, String place) {
    Optional<JsonType> declared = wanted.at("/" + name);
    if (declared.isEmpty()) {
      problems.at(
          place,
          "action `%s` takes no parameter `%s`".formatted(call.action(), name),
          Names.expected(name, wanted.members()));
      return;
    }
    if (type.contradicts(declared.get())) {
      problems.at(
          place, "parameter `%s` is %s".formatted(name, type.name()), declared.get().name());
      return;
    }
    if (call.parameters().get(name) instanceof Value.Constant constant) {
      schemas
          .getSchema(declared.get().schema())
          .validate(JsonValues.toJson(constant.scalar()))
          .stream()
          .findFirst()
          .ifPresent(error ->
              problems.at(
                  place,
                  "parameter `%s` does not fit: %s".formatted(name, error.getMessage()),
                  "what the action's schema allows"));
    }
  }

  /// Each parameter of a gated call is disclosed, and then is built of disclosed values only, or it
  /// is revealed to the approver.
  void gated(Step step, Call call, ActionType action) {
    call.parameters()
        .forEach((name, value) -> {
          String place = "steps.%s.with.%s".formatted(step.id(), name);
          if (call.reveal().contains(name)) {
            return;
          }
          if (!action.disclosable().containsKey(name)) {
            problems.at(
                place,
                "step `%s` is gated and its parameter `%s` is neither disclosed nor revealed"
                    .formatted(step.id(), name),
                "`reveal: [%s]`".formatted(name));
            return;
          }
          content(value)
              .ifPresent(source ->
                  problems.at(
                      place,
                      "disclosed parameter `%s` is built of content `%s`".formatted(name, source),
                      "a disclosed field, or `reveal: [%s]`".formatted(name)));
        });
  }

  /// A part of a value that is not disclosed.
  private Optional<String> content(Value value) {
    return ValueCheck.sources(value).stream()
        .filter(source -> !source.isEmpty() && !isDisclosed(source))
        .findFirst();
  }

  private boolean isDisclosed(String pointer) {
    List<String> parts = List.of(pointer.substring(1).split("/", 3));
    return switch (parts.getFirst()) {
      case "inputs" -> {
        Field field = parts.size() < 2 ? null : draft.inputs().get(parts.get(1));
        yield field != null && field.type() != Field.Type.CONTENT;
      }
      case "steps" ->
          parts.size() == 3
              && draft
                  .step(parts.get(1))
                  .map(step ->
                      step.disclose().values().stream()
                          .anyMatch(d -> d.pointer().equals("/" + parts.get(2))))
                  .orElse(false);
      default -> true; // settings, instances and the run are no content
    };
  }
}

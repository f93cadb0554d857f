package ai.rails.platform.workflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow.Field;

/// What a pointer of one place in the workflow can reach, and of which type it is.
///
/// A step sees inputs, settings, instances, the run and the outputs of the steps before it. A
/// gate's card sees disclosed fields only, and also the gate and the parameters that it reveals. A
/// proof sees also the names of what earlier steps left.
final class Roots {
  private final JsonType type;

  private Roots(Map<String, JsonType> members) {
    this.type = JsonType.object(members);
  }

  static Roots ofStep(Draft draft, Map<String, JsonType> outputs, Set<String> before) {
    Map<String, JsonType> roots = common(draft, true);
    Map<String, JsonType> steps = new LinkedHashMap<>();
    before.forEach(id -> steps.put(id, outputs.getOrDefault(id, JsonType.ANY)));
    roots.put("steps", JsonType.object(steps));
    return new Roots(roots);
  }

  /// Roots of a proof.
  Roots withEvidence(Set<String> before) {
    Map<String, JsonType> evidence = new LinkedHashMap<>();
    JsonType ref =
        JsonType.object(
            Map.of(
                "ref", JsonType.of("string"),
                "ciphertextSha256", JsonType.of("string"),
                "bytes", JsonType.of("integer")));
    before.forEach(id -> evidence.put(id, ref));
    return with("evidence", JsonType.object(evidence));
  }

  static Roots ofCard(Draft draft, Set<String> before, Optional<Step> guarded) {
    Map<String, JsonType> roots = common(draft, false);
    Map<String, JsonType> steps = new LinkedHashMap<>();
    for (String id : before) {
      Map<String, JsonType> fields = new LinkedHashMap<>();
      draft
          .step(id)
          .ifPresent(step -> step.disclose().keySet().forEach(f -> fields.put(f, text())));
      steps.put(id, JsonType.object(fields));
    }
    roots.put("steps", JsonType.object(steps));
    roots.put("gate", gate());
    Map<String, JsonType> revealed = new LinkedHashMap<>();
    guarded
        .flatMap(Step::call)
        .ifPresent(call -> call.reveal().forEach(name -> revealed.put(name, JsonType.ANY)));
    roots.put("revealed", JsonType.object(revealed));
    return new Roots(roots);
  }

  private static Map<String, JsonType> common(Draft draft, boolean content) {
    Map<String, JsonType> roots = new LinkedHashMap<>();
    Map<String, JsonType> inputs = new LinkedHashMap<>();
    draft
        .inputs()
        .forEach((name, field) -> {
          if (content || field.type() != Field.Type.CONTENT) {
            inputs.put(name, ofField(field));
          }
        });
    roots.put("inputs", JsonType.object(inputs));
    Map<String, JsonType> settings = new LinkedHashMap<>();
    draft.settings().keySet().forEach(name -> settings.put(name, JsonType.ANY));
    roots.put("settings", JsonType.object(settings));
    Map<String, JsonType> instances = new LinkedHashMap<>();
    draft.connectors().keySet().forEach(alias -> instances.put(alias, JsonType.ANY));
    roots.put("instances", JsonType.object(instances));
    roots.put("run", JsonType.object(Map.of("id", text(), "workflow", text(), "version", text())));
    return roots;
  }

  // The members of `WorkerProtocol.GateView`.
  private static JsonType gate() {
    return JsonType.object(
        Map.of(
            "gate", text(),
            "forStep", text(),
            "callDigest", text(),
            "reasons", JsonType.of("array"),
            "display",
                new JsonType(
                    JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "object")
                        .set(
                            "additionalProperties",
                            JsonNodeFactory.instance.objectNode().put("type", "string"))),
            "expiresAt", JsonType.of("integer"),
            "role", text(),
            "quorum", JsonType.of("integer")));
  }

  private static JsonType ofField(Field field) {
    return switch (field.type()) {
      case ID, ENUM, TIME -> text();
      case INTEGER -> JsonType.of("integer");
      case NUMBER -> JsonType.of("number");
      case BOOLEAN -> JsonType.of("boolean");
      case CONTENT -> JsonType.ANY;
    };
  }

  private static JsonType text() {
    return JsonType.of("string");
  }

  private Roots with(String name, JsonType member) {
    Map<String, JsonType> roots = new LinkedHashMap<>();
    type.members().forEach(each -> type.at("/" + each).ifPresent(found -> roots.put(each, found)));
    roots.put(name, member);
    return new Roots(roots);
  }

  Set<String> names() {
    return type.members();
  }

  /// The type at a pointer; empty if there is certainly nothing.
  Optional<JsonType> at(String pointer) {
    return type.at(pointer);
  }

  /// What could stand where a pointer leads nowhere.
  String expected(String pointer) {
    JsonType at = type;
    List<String> walked = new ArrayList<>();
    for (JsonPointer rest = JsonPointer.compile(pointer); !rest.matches(); rest = rest.tail()) {
      String name = rest.getMatchingProperty();
      Optional<JsonType> next = at.at(JsonPointer.empty().appendProperty(name).toString());
      if (next.isEmpty()) {
        return "after `/%s` %s"
            .formatted(
                String.join("/", walked), Names.expected(name, new LinkedHashSet<>(at.members())));
      }
      walked.add(name);
      at = next.get();
    }
    return "a declared member";
  }
}

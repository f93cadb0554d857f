package ai.rails.platform.workflow;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// What is known of the type of a JSON value: a JSON Schema, of which `type`, `properties`, `items`
/// and `additionalProperties` are understood. An empty schema is anything.
record JsonType(JsonNode schema) {
  static final JsonType ANY = new JsonType(JsonNodeFactory.instance.objectNode());

  static JsonType of(String type) {
    return new JsonType(JsonNodeFactory.instance.objectNode().put("type", type));
  }

  /// An object of exactly these members.
  static JsonType object(Map<String, JsonType> members) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    members.forEach((name, member) -> properties.set(name, member.schema()));
    schema.put("additionalProperties", false);
    return new JsonType(schema);
  }

  /// The type at a pointer below; empty if there is certainly nothing.
  Optional<JsonType> at(String pointer) {
    JsonNode at = schema;
    for (JsonPointer rest = JsonPointer.compile(pointer); !rest.matches(); rest = rest.tail()) {
      Optional<JsonNode> next = member(at, rest);
      if (next.isEmpty()) {
        return Optional.empty();
      }
      at = next.get();
    }
    return Optional.of(new JsonType(at));
  }

  private static Optional<JsonNode> member(JsonNode at, JsonPointer step) {
    Set<String> types = types(at);
    if (!types.isEmpty() && !types.contains("object") && !types.contains("array")) {
      return Optional.empty();
    }
    JsonNode property = at.path("properties").path(step.getMatchingProperty());
    if (property.isObject()) {
      return Optional.of(property);
    }
    if (at.path("items").isObject() && step.getMatchingIndex() >= 0) {
      return Optional.of(at.path("items"));
    }
    JsonNode more = at.path("additionalProperties");
    if (more.isObject()) {
      return Optional.of(more);
    }
    return more.isBoolean() && !more.booleanValue() ? Optional.empty() : Optional.of(ANY.schema);
  }

  /// Names of the members that are declared.
  Set<String> members() {
    Set<String> names = new TreeSet<>();
    schema.path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  /// JSON types that a value may have; empty means any.
  Set<String> types() {
    return types(schema);
  }

  private static Set<String> types(JsonNode schema) {
    Set<String> types = new TreeSet<>();
    JsonNode type = schema.path("type");
    if (type.isTextual()) {
      types.add(type.textValue());
    }
    type.forEach(each -> types.add(each.asText()));
    return types;
  }

  /// Whether no value of this type is one of the other.
  boolean contradicts(JsonType wanted) {
    Set<String> mine = types();
    Set<String> theirs = wanted.types();
    if (mine.isEmpty() || theirs.isEmpty()) {
      return false;
    }
    return mine.stream()
        .noneMatch(
            type -> theirs.contains(type) || (type.equals("integer") && theirs.contains("number")));
  }

  String name() {
    return types().isEmpty() ? "anything" : String.join(" or ", types());
  }
}

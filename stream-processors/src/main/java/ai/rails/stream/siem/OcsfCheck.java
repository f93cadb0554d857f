package ai.rails.stream.siem;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

/// Checks one event against a schema: class and type numbers, required attributes, attributes that
/// the class or object does not have (those of a profile only if `metadata.profiles` names it),
/// types with their patterns, lengths and ranges, enumerations, and `at_least_one` and `just_one`
/// constraints. Used once, by one thread.
final class OcsfCheck {
  private static final int PROBLEMS = 100;
  private static final int DEPTH = 32;
  private static final int PATTERN_INPUT = 1_024;
  private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

  private final OcsfSchema schema;
  private final List<String> problems = new ArrayList<>();
  private Set<String> profiles = Set.of();

  OcsfCheck(OcsfSchema schema) {
    this.schema = schema;
  }

  List<String> of(JsonNode event) {
    if (!event.isObject()) {
      return List.of("the event is no JSON object");
    }
    JsonNode uid = event.path("class_uid");
    JsonNode ofClass = uid.isIntegralNumber() ? schema.ofClass(uid.asLong()) : schema.ofClass(-1);
    if (ofClass.isMissingNode()) {
      return List.of("class_uid: no class has the number " + shown(uid));
    }
    profiles = profiles(event.path("metadata").path("profiles"));
    members(event, ofClass, "", 0);
    numbers(event);
    return List.copyOf(problems);
  }

  private Set<String> profiles(JsonNode named) {
    var known = schema.profiles();
    var found = new HashSet<String>();
    named.forEach(profile -> {
      if (!known.contains(profile.asText())) {
        add("metadata.profiles", "no profile is called " + shown(profile));
      }
      found.add(profile.asText());
    });
    return found;
  }

  private void numbers(JsonNode event) {
    long expected = event.path("class_uid").asLong() * 100 + event.path("activity_id").asLong();
    if (event.path("type_uid").asLong() != expected) {
      add("type_uid", "it must be class_uid * 100 + activity_id = " + expected);
    }
    JsonNode version = event.path("metadata").path("version");
    if (version.isTextual() && !version.asText().equals(schema.version())) {
      add(
          "metadata.version",
          "the event is of %s, the schema of %s".formatted(shown(version), schema.version()));
    }
  }

  private void members(JsonNode object, JsonNode definition, String path, int depth) {
    if (depth > DEPTH) {
      add(path, "objects are nested deeper than " + DEPTH);
      return;
    }
    JsonNode attributes = definition.path("attributes");
    object
        .properties()
        .forEach(member -> {
          String at = path + member.getKey();
          JsonNode attribute = attributes.path(member.getKey());
          if (!applies(attribute)) {
            add(at, "there is no such attribute here, or its profile is not named");
          } else {
            values(member.getValue(), attribute, at, depth);
          }
        });
    attributes
        .properties()
        .forEach(attribute -> {
          boolean required = attribute.getValue().path("requirement").asText().equals("required");
          if (required && applies(attribute.getValue()) && absent(object, attribute.getKey())) {
            add(path + attribute.getKey(), "it is required and missing");
          }
        });
    constraints(object, definition.path("constraints"), path);
  }

  private boolean applies(JsonNode attribute) {
    JsonNode of = attribute.path("profiles");
    return attribute.isObject()
        && (!of.isArray()
            || of.isEmpty()
            || of.valueStream()
                .map(JsonNode::asText)
                .anyMatch(name ->
                    profiles.contains(name)
                        || profiles.contains(name.substring(name.indexOf('/') + 1))));
  }

  private void values(JsonNode value, JsonNode attribute, String path, int depth) {
    if (!attribute.path("is_array").asBoolean()) {
      value(value, attribute, path, depth);
      return;
    }
    if (!value.isArray()) {
      add(path, "it must be an array");
      return;
    }
    for (int i = 0; i < value.size(); i++) {
      value(value.get(i), attribute, "%s[%d]".formatted(path, i), depth);
    }
  }

  private void value(JsonNode value, JsonNode attribute, String path, int depth) {
    String type = attribute.path("type").asText();
    if (type.equals("object_t")) {
      object(value, attribute.path("object_type").asText(), path, depth);
      return;
    }
    if (!typed(value, type, path)) {
      return;
    }
    JsonNode constants = attribute.path("enum");
    if (constants.isObject() && !constants.has(value.asText())) {
      add(path, shown(value) + " is none of the enumerated values");
    }
  }

  private void object(JsonNode value, String type, String path, int depth) {
    if (!value.isObject()) {
      add(path, "it must be an object");
      return;
    }
    JsonNode definition = schema.object(type);
    // The type `object` is free: `unmapped` is of it.
    if (!definition.path("attributes").isEmpty()) {
      members(value, definition, path + ".", depth + 1);
    }
  }

  private boolean typed(JsonNode value, String name, String path) {
    JsonNode type = schema.type(name);
    String base = type.path("type").asText(name);
    boolean right =
        switch (base) {
          case "string_t" -> value.isTextual();
          case "integer_t" -> value.isIntegralNumber() && value.canConvertToLong();
          case "long_t" -> value.isIntegralNumber() && value.canConvertToLong();
          case "float_t" -> value.isNumber();
          case "boolean_t" -> value.isBoolean();
          case "json_t" -> true;
          default -> false;
        };
    if (!right) {
      add(path, "%s is no %s".formatted(shown(value), name));
      return false;
    }
    bounds(value, type, path);
    return true;
  }

  private void bounds(JsonNode value, JsonNode type, String path) {
    String text = value.asText();
    if (type.has("max_len") && text.length() > type.path("max_len").asInt()) {
      add(path, "it is longer than " + type.path("max_len").asInt());
    } else if (type.has("regex") && !matches(type.path("regex").asText(), text)) {
      add(path, "%s does not have the form of its type".formatted(shown(value)));
    }
    JsonNode range = type.path("range");
    if (range.size() == 2
        && (value.asLong() < range.get(0).asLong() || value.asLong() > range.get(1).asLong())) {
      add(path, "%s is outside of its range".formatted(shown(value)));
    }
  }

  private static boolean matches(String regex, String text) {
    return text.length() <= PATTERN_INPUT
        && PATTERNS.computeIfAbsent(regex, Pattern::compile).matcher(text).find();
  }

  private void constraints(JsonNode object, JsonNode constraints, String path) {
    constraints
        .properties()
        .forEach(constraint -> {
          long present =
              constraint
                  .getValue()
                  .valueStream()
                  .filter(name -> present(object, name.asText()))
                  .count();
          boolean held =
              switch (constraint.getKey()) {
                case "at_least_one" -> present >= 1;
                case "just_one" -> present == 1;
                default -> false;
              };
          if (!held) {
            add(
                path,
                "constraint %s of %s does not hold"
                    .formatted(constraint.getKey(), constraint.getValue()));
          }
        });
  }

  private static boolean absent(JsonNode object, String name) {
    return object.path(name).isMissingNode() || object.path(name).isNull();
  }

  private static boolean present(JsonNode object, String dotted) {
    JsonNode at = object;
    for (String name : dotted.split("\\.", -1)) {
      at = at.path(name);
    }
    return !at.isMissingNode() && !at.isNull();
  }

  private void add(String path, String problem) {
    if (problems.size() < PROBLEMS) {
      problems.add(path.isEmpty() ? problem : "%s: %s".formatted(path, problem));
    }
  }

  /// Numbers and words as they are; whatever is longer is cut.
  private static String shown(JsonNode value) {
    String text = value.isMissingNode() ? "nothing" : value.toString();
    return text.length() <= 64 ? text : text.substring(0, 64) + "...";
  }
}

package ai.rails.standin.openai;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

/// The rules of `json_schema` output: a name, and with `strict` closed objects of which every
/// member is required.
final class StructuredOutput {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final int DEPTH = 10;

  private StructuredOutput() {}

  /// Returns the schema; `format` holds name, schema and strict.
  static JsonNode checked(JsonNode format, String param) {
    String name = format.path("name").asText();
    if (name.isEmpty()) {
      throw ApiError.invalid(
          param + ".name",
          "missing_required_parameter",
          "Missing required parameter: '" + param + ".name'.");
    }
    if (!NAME.matcher(name).matches()) {
      throw ApiError.invalid(
          param + ".name",
          "invalid_value",
          "Invalid '"
              + param
              + ".name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.");
    }
    JsonNode schema = format.path("schema");
    if (!schema.isObject()) {
      throw ApiError.invalid(
          param + ".schema",
          "missing_required_parameter",
          "Missing required parameter: '" + param + ".schema'.");
    }
    if (format.path("strict").asBoolean(false)) {
      if (!schema.path("type").asText().equals("object")) {
        throw bad(name, param, "()", "schema must be of type object");
      }
      strict(name, param, schema, "()", 0);
    }
    return schema;
  }

  private static void strict(
      String name, String param, JsonNode schema, String context, int depth) {
    if (depth > DEPTH) {
      throw bad(name, param, context, "nesting is deeper than " + DEPTH + " levels");
    }
    if (schema.path("type").asText().equals("object") || schema.has("properties")) {
      if (!schema.path("additionalProperties").isBoolean()
          || schema.path("additionalProperties").asBoolean()) {
        throw bad(
            name,
            param,
            context,
            "'additionalProperties' is required to be supplied and to be false");
      }
      Set<String> required = new HashSet<>();
      schema.path("required").forEach(each -> required.add(each.asText()));
      schema
          .path("properties")
          .properties()
          .forEach(each -> {
            if (!required.contains(each.getKey())) {
              throw bad(
                  name,
                  param,
                  context,
                  "'required' is required to be supplied and to be an array including every key in properties. Missing '"
                      + each.getKey()
                      + "'");
            }
            strict(
                name, param, each.getValue(), "('properties', '" + each.getKey() + "')", depth + 1);
          });
    }
    if (schema.has("items")) {
      strict(name, param, schema.path("items"), context + " items", depth + 1);
    }
  }

  private static ApiError bad(String name, String param, String context, String rule) {
    String root = param.startsWith("text") ? "text.format.schema" : "response_format";
    return ApiError.invalid(
        root,
        "invalid_json_schema",
        "Invalid schema for response_format '"
            + name
            + "': In context="
            + context
            + ", "
            + rule
            + ".");
  }
}

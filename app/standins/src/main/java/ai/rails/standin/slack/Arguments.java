package ai.rails.standin.slack;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Form;
import ai.rails.standin.Json;
import ai.rails.standin.MalformedRequest;
import ai.rails.standin.Request;

/// The arguments of one Web API call, whichever of the three ways they came: query, form, JSON.
record Arguments(ObjectNode values) {
  static Arguments of(Request request) {
    ObjectNode values = Json.object();
    request.query().forEach(values::put);
    try {
      switch (request.mediaType()) {
        case "application/json" ->
            values.setAll(Json.parseObject(request.body().isBlank() ? "{}" : request.body()));
        case "application/x-www-form-urlencoded" -> fill(values, Form.decode(request.body()));
        case "" -> {
          if (!request.body().isEmpty()) {
            throw new SlackError("missing_post_type");
          }
        }
        default -> throw new SlackError("invalid_post_type");
      }
    } catch (MalformedRequest e) {
      throw new SlackError(
          request.mediaType().equals("application/json") ? "invalid_json" : "invalid_form_data",
          String.valueOf(e.getMessage()));
    }
    return new Arguments(values);
  }

  private static void fill(ObjectNode values, Map<String, String> form) {
    form.forEach(values::put);
  }

  boolean has(String name) {
    return !text(name).isEmpty();
  }

  String text(String name) {
    JsonNode value = values.path(name);
    return value.isContainerNode() ? value.toString() : value.isNull() ? "" : value.asText();
  }

  boolean flag(String name) {
    return text(name).equals("true") || text(name).equals("1");
  }

  /// A structured argument: JSON as such, or as text in a form; missing when it was not given.
  JsonNode structure(String name, String error) {
    JsonNode value = values.path(name);
    if (value.isContainerNode()
        || value.isMissingNode()
        || value.isNull()
        || value.asText().isEmpty()) {
      return value.isContainerNode() ? value : MissingNode.getInstance();
    }
    try {
      return Json.parse(value.asText());
    } catch (MalformedRequest e) {
      throw new SlackError(error, String.valueOf(e.getMessage()));
    }
  }
}

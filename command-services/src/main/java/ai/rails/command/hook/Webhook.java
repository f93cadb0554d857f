package ai.rails.command.hook;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.workflow.Digests;
import ai.rails.command.workflow.DisclosedFields;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.domain.workflow.Workflow.Trigger;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;

/// A webhook's body, checked against what the workflow's trigger declares: declared members only,
/// each of its type.
///
/// @param inputs the workflow's inputs
/// @param dedupeKey hash of what makes the message unique
record Webhook(Map<String, String> inputs, String dedupeKey) {
  Webhook {
    inputs = Map.copyOf(inputs);
  }

  /// @param message what tells two messages apart if the trigger declares nothing that does
  /// @throws Problem with 422 naming the member that is not declared, missing or of another type
  static Webhook of(JsonNode body, Workflow workflow, Trigger trigger, byte[] message) {
    if (!body.isObject()) {
      throw Problem.invalid("the body must be a JSON object");
    }
    Map<String, String> values = new TreeMap<>();
    for (Map.Entry<String, JsonNode> member : body.properties()) {
      Field field = trigger.fields().get(member.getKey());
      if (field == null) {
        throw Problem.invalid(
            "member %s is not declared by trigger %s; send declared members only"
                .formatted(Json.name(member.getKey()), trigger.id()));
      }
      values.put(member.getKey(), DisclosedFields.text(member.getKey(), field, member.getValue()));
    }
    return new Webhook(
        inputs(body, workflow, trigger), dedupeKey(values, trigger.dedupe(), message));
  }

  private static Map<String, String> inputs(JsonNode body, Workflow workflow, Trigger trigger) {
    Map<String, String> inputs = new TreeMap<>();
    trigger
        .inputs()
        .forEach((input, pointer) -> {
          Field field = workflow.inputs().get(input);
          JsonNode value = body.at(pointer);
          if (field == null || value.isMissingNode()) {
            throw Problem.invalid(
                "member %s is missing; input %s is made of it".formatted(pointer, input));
          }
          inputs.put(input, DisclosedFields.text(input, field, value));
        });
    return inputs;
  }

  private static String dedupeKey(Map<String, String> values, List<String> dedupe, byte[] message) {
    if (dedupe.isEmpty()) {
      return Digests.hex(message);
    }
    List<String> parts = new ArrayList<>();
    for (String name : dedupe) {
      String value = values.get(name);
      if (value == null) {
        throw Problem.invalid("member %s is missing; it tells messages apart".formatted(name));
      }
      parts.add(name.length() + ":" + name + value.length() + ":" + value);
    }
    return Digests.hex(String.join("", parts).getBytes(StandardCharsets.UTF_8));
  }
}

package ai.rails.standin.openai;

import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.model.Answer;
import ai.rails.standin.model.Outcome;
import ai.rails.standin.model.Prompt;

/// The wire form of Responses: body to prompt, answer to body.
final class ResponsesForm {
  private static final Set<String> PARAMETERS =
      Set.of(
          "background",
          "conversation",
          "include",
          "input",
          "instructions",
          "max_output_tokens",
          "max_tool_calls",
          "metadata",
          "moderation",
          "prompt_cache_options",
          "model",
          "parallel_tool_calls",
          "previous_response_id",
          "prompt",
          "prompt_cache_key",
          "prompt_cache_retention",
          "reasoning",
          "safety_identifier",
          "service_tier",
          "store",
          "stream",
          "stream_options",
          "temperature",
          "text",
          "tool_choice",
          "tools",
          "top_logprobs",
          "top_p",
          "truncation",
          "user",
          "context_management");
  private static final Set<String> ROLES = Set.of("developer", "system", "user", "assistant");

  private ResponsesForm() {}

  static Prompt prompt(String vendor, String model, ObjectNode body) {
    body.properties()
        .forEach(each -> {
          if (!PARAMETERS.contains(each.getKey())) {
            throw ApiError.invalid(
                each.getKey(), "unknown_parameter", "Unknown parameter: '" + each.getKey() + "'.");
          }
        });
    Unserved.check(body);
    StringBuilder system = new StringBuilder(body.path("instructions").asText(""));
    StringBuilder user = new StringBuilder();
    JsonNode input = body.path("input");
    if (input.isTextual()) {
      user.append(input.asText());
    } else if (input.isArray() && !input.isEmpty()) {
      for (int i = 0; i < input.size(); i++) {
        item(input.get(i), "input[" + i + "]", system, user);
      }
    } else {
      throw ApiError.invalid(
          "input", "missing_required_parameter", "Missing required parameter: 'input'.");
    }
    return new Prompt(
        vendor,
        model,
        system.toString().strip(),
        user.toString().strip(),
        schema(body, system + " " + user));
  }

  static int mostTokens(ObjectNode body) {
    return Content.positive(body, "max_output_tokens", 32_768);
  }

  static ObjectNode usage(int input, int cached, int output) {
    ObjectNode usage = Json.object().put("input_tokens", input);
    usage.putObject("input_tokens_details").put("cached_tokens", cached);
    usage
        .put("output_tokens", output)
        .putObject("output_tokens_details")
        .put("reasoning_tokens", 0);
    return usage.put("total_tokens", input + output);
  }

  static ObjectNode body(String id, long created, Prompt prompt, Answer answer, ObjectNode usage) {
    boolean incomplete =
        answer.outcome() == Outcome.LENGTH || answer.outcome() == Outcome.CONTENT_FILTER;
    String status = incomplete ? "incomplete" : "completed";
    ObjectNode body =
        Json.object()
            .put("id", id)
            .put("object", "response")
            .put("created_at", created)
            .put("status", status);
    body.putNull("error")
        .putNull("incomplete_details")
        .putNull("instructions")
        .putNull("max_output_tokens");
    if (incomplete) {
      body.putObject("incomplete_details")
          .put(
              "reason",
              answer.outcome() == Outcome.LENGTH ? "max_output_tokens" : "content_filter");
    }
    body.put("model", prompt.model());
    ObjectNode message =
        body.putArray("output")
            .addObject()
            .put("type", "message")
            .put("id", "msg_" + id.substring(5))
            .put("status", status);
    ObjectNode part = message.put("role", "assistant").putArray("content").addObject();
    if (answer.outcome() == Outcome.REFUSAL) {
      part.put("type", "refusal").put("refusal", answer.text());
    } else {
      part.put("type", "output_text").put("text", answer.text()).putArray("annotations");
      part.putArray("logprobs");
    }
    body.put("parallel_tool_calls", true)
        .putNull("previous_response_id")
        .put("store", true)
        .put("temperature", 1.0)
        .put("top_p", 1.0);
    body.put("tool_choice", "auto").putArray("tools");
    body.putObject("metadata");
    return body.put("truncation", "disabled").set("usage", usage);
  }

  private static void item(JsonNode item, String param, StringBuilder system, StringBuilder user) {
    String type = item.path("type").asText("message");
    String role = item.path("role").asText();
    if (!type.equals("message") || !ROLES.contains(role)) {
      throw ApiError.invalid(
          param,
          "invalid_value",
          "Invalid value: '"
              + type
              + "' with role '"
              + role
              + "'. The stand-in reads messages only.");
    }
    boolean instructs = role.equals("system") || role.equals("developer");
    (instructs ? system : user)
        .append(Content.text(item.path("content"), param + ".content", "input_text"))
        .append('\n');
  }

  private static JsonNode schema(ObjectNode body, String text) {
    JsonNode format = body.path("text").path("format");
    return switch (format.path("type").asText("text")) {
      case "text" -> MissingNode.getInstance();
      case "json_schema" -> StructuredOutput.checked(format, "text.format");
      case "json_object" -> Content.jsonObject(text);
      default ->
          throw ApiError.invalid(
              "text.format.type",
              "invalid_value",
              "Invalid value: '" + format.path("type").asText() + "'.");
    };
  }
}

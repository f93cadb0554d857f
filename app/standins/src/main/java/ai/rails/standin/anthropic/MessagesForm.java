package ai.rails.standin.anthropic;

import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.model.Answer;
import ai.rails.standin.model.Prompt;

/// The wire form of Messages: body to prompt, answer to body.
final class MessagesForm {
  private static final Set<String> PARAMETERS =
      Set.of(
          "model",
          "messages",
          "max_tokens",
          "cache_control",
          "container",
          "context_management",
          "inference_geo",
          "mcp_servers",
          "metadata",
          "output_config",
          "service_tier",
          "speed",
          "stop_sequences",
          "stream",
          "system",
          "temperature",
          "thinking",
          "tool_choice",
          "tools",
          "top_k",
          "top_p");

  private MessagesForm() {}

  static Prompt prompt(String model, ObjectNode body) {
    body.properties()
        .forEach(each -> {
          if (!PARAMETERS.contains(each.getKey())) {
            throw MessagesError.invalid(each.getKey() + ": Extra inputs are not permitted");
          }
        });
    if (body.path("stream").asBoolean(false)) {
      throw MessagesError.invalid("stream: The stand-in does not stream");
    }
    JsonNode messages = body.path("messages");
    if (!messages.isArray()) {
      throw MessagesError.invalid("messages: Field required");
    }
    if (messages.isEmpty()) {
      throw MessagesError.invalid("messages: at least one message is required");
    }
    StringBuilder user = new StringBuilder();
    for (int i = 0; i < messages.size(); i++) {
      String role = messages.get(i).path("role").asText();
      if (!role.equals("user") && !role.equals("assistant")) {
        throw MessagesError.invalid(
            "messages." + i + ".role: Input should be 'user' or 'assistant'");
      }
      user.append(text(messages.get(i).path("content"), "messages." + i + ".content")).append('\n');
    }
    if (!messages.get(0).path("role").asText().equals("user")) {
      throw MessagesError.invalid("messages: first message must use the \"user\" role");
    }
    String system = body.hasNonNull("system") ? text(body.path("system"), "system") : "";
    return new Prompt("anthropic", model, system.strip(), user.toString().strip(), schema(body));
  }

  static int mostTokens(ObjectNode body) {
    JsonNode most = body.path("max_tokens");
    if (most.isMissingNode()) {
      throw MessagesError.invalid("max_tokens: Field required");
    }
    if (!most.isIntegralNumber() || most.asInt() < 1) {
      throw MessagesError.invalid("max_tokens: must be greater than or equal to 1");
    }
    return most.asInt();
  }

  /// Cached tokens stand beside `input_tokens`, not inside.
  static ObjectNode usage(int input, int created, int read, int output) {
    ObjectNode usage =
        Json.object()
            .put("input_tokens", input)
            .put("cache_creation_input_tokens", created)
            .put("cache_read_input_tokens", read);
    usage
        .putObject("cache_creation")
        .put("ephemeral_5m_input_tokens", created)
        .put("ephemeral_1h_input_tokens", 0);
    return usage.put("output_tokens", output).put("service_tier", "standard");
  }

  static ObjectNode body(String id, Prompt prompt, Answer answer, ObjectNode usage) {
    ObjectNode body =
        Json.object()
            .put("id", id)
            .put("type", "message")
            .put("role", "assistant")
            .put("model", prompt.model());
    body.putArray("content").addObject().put("type", "text").put("text", answer.text());
    body.put(
            "stop_reason",
            switch (answer.outcome()) {
              case COMPLETE -> "end_turn";
              case LENGTH -> "max_tokens";
              case CONTENT_FILTER, REFUSAL -> "refusal";
            })
        .putNull("stop_sequence");
    return body.set("usage", usage);
  }

  private static JsonNode schema(ObjectNode body) {
    JsonNode format = body.path("output_config").path("format");
    if (format.isMissingNode() || format.isNull()) {
      return MissingNode.getInstance();
    }
    if (!format.path("type").asText().equals("json_schema")) {
      throw MessagesError.invalid("output_config.format.type: Input should be 'json_schema'");
    }
    JsonNode schema = format.path("schema");
    if (!schema.isObject()) {
      throw MessagesError.invalid("output_config.format.schema: Field required");
    }
    closed(schema);
    return schema;
  }

  private static void closed(JsonNode schema) {
    boolean object = schema.path("type").asText().equals("object");
    if (object
        && !(schema.path("additionalProperties").isBoolean()
            && !schema.path("additionalProperties").asBoolean())) {
      throw MessagesError.invalid(
          "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false");
    }
    schema.path("properties").forEach(MessagesForm::closed);
    closedItems(schema.path("items"));
  }

  private static void closedItems(JsonNode items) {
    if (items.isObject()) {
      closed(items);
    }
  }

  private static String text(JsonNode content, String param) {
    if (content.isTextual()) {
      return content.asText();
    }
    if (!content.isArray()) {
      throw MessagesError.invalid(param + ": Input should be a valid string or list");
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      if (!part.path("type").asText().equals("text")) {
        throw MessagesError.invalid(param + ": The stand-in reads blocks of type 'text' only");
      }
      text.append(part.path("text").asText()).append('\n');
    }
    return text.toString();
  }
}

package ai.rails.standin.openai;

import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.model.Answer;
import ai.rails.standin.model.Outcome;
import ai.rails.standin.model.Prompt;

/// The wire form of Chat Completions: body to prompt, answer to body.
final class ChatCompletions {
  static final Set<String> PARAMETERS =
      Set.of(
          "audio",
          "frequency_penalty",
          "function_call",
          "functions",
          "logit_bias",
          "logprobs",
          "max_completion_tokens",
          "max_tokens",
          "messages",
          "metadata",
          "moderation",
          "prompt_cache_options",
          "modalities",
          "model",
          "n",
          "parallel_tool_calls",
          "prediction",
          "presence_penalty",
          "prompt_cache_key",
          "reasoning_effort",
          "response_format",
          "safety_identifier",
          "seed",
          "service_tier",
          "stop",
          "store",
          "stream",
          "stream_options",
          "temperature",
          "tool_choice",
          "tools",
          "top_logprobs",
          "top_p",
          "user",
          "verbosity",
          "web_search_options",
          "prompt_cache_retention");
  private static final Set<String> ROLES =
      Set.of("developer", "system", "user", "assistant", "tool", "function");

  private ChatCompletions() {}

  static Prompt prompt(String vendor, String model, ObjectNode body) {
    body.properties()
        .forEach(each -> {
          if (!PARAMETERS.contains(each.getKey())) {
            throw ApiError.invalid(
                "", "", "Unrecognized request argument supplied: " + each.getKey());
          }
        });
    Unserved.check(body);
    JsonNode messages = body.path("messages");
    if (!messages.isArray()) {
      throw ApiError.invalid(
          "messages", "missing_required_parameter", "Missing required parameter: 'messages'.");
    }
    if (messages.isEmpty()) {
      throw ApiError.invalid(
          "messages",
          "empty_array",
          "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.");
    }
    StringBuilder system = new StringBuilder();
    StringBuilder user = new StringBuilder();
    for (int i = 0; i < messages.size(); i++) {
      String role = messages.get(i).path("role").asText();
      if (!ROLES.contains(role)) {
        throw ApiError.invalid(
            "messages[" + i + "].role",
            "invalid_value",
            "Invalid value: '"
                + role
                + "'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.");
      }
      boolean instructs = role.equals("system") || role.equals("developer");
      (instructs ? system : user)
          .append(
              Content.text(messages.get(i).path("content"), "messages[" + i + "].content", "text"))
          .append('\n');
    }
    return new Prompt(
        vendor,
        model,
        system.toString().strip(),
        user.toString().strip(),
        schema(body, system + " " + user));
  }

  static int mostTokens(ObjectNode body) {
    return Content.positive(
        body, "max_completion_tokens", Content.positive(body, "max_tokens", 16_384));
  }

  static ObjectNode usage(int input, int cached, int output) {
    ObjectNode usage =
        Json.object()
            .put("prompt_tokens", input)
            .put("completion_tokens", output)
            .put("total_tokens", input + output);
    usage.putObject("prompt_tokens_details").put("cached_tokens", cached).put("audio_tokens", 0);
    usage
        .putObject("completion_tokens_details")
        .put("reasoning_tokens", 0)
        .put("audio_tokens", 0)
        .put("accepted_prediction_tokens", 0)
        .put("rejected_prediction_tokens", 0);
    return usage;
  }

  static ObjectNode body(String id, long created, Prompt prompt, Answer answer, ObjectNode usage) {
    ObjectNode body =
        Json.object()
            .put("id", id)
            .put("object", "chat.completion")
            .put("created", created)
            .put("model", prompt.model());
    ObjectNode choice = body.putArray("choices").addObject().put("index", 0);
    boolean refused = answer.outcome() == Outcome.REFUSAL;
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    message
        .put("content", refused ? null : answer.text())
        .put("refusal", refused ? answer.text() : null)
        .putArray("annotations");
    choice
        .putNull("logprobs")
        .put(
            "finish_reason",
            switch (answer.outcome()) {
              case COMPLETE, REFUSAL -> "stop";
              case LENGTH -> "length";
              case CONTENT_FILTER -> "content_filter";
            });
    body.set("usage", usage);
    return body.put("service_tier", "default").put("system_fingerprint", "fp_standin");
  }

  private static JsonNode schema(ObjectNode body, String text) {
    JsonNode format = body.path("response_format");
    return switch (format.path("type").asText("text")) {
      case "text" -> MissingNode.getInstance();
      case "json_schema" ->
          StructuredOutput.checked(format.path("json_schema"), "response_format.json_schema");
      case "json_object" -> Content.jsonObject(text);
      default ->
          throw ApiError.invalid(
              "response_format.type",
              "invalid_value",
              "Invalid value: '"
                  + format.path("type").asText()
                  + "'. Supported values are: 'json_object', 'json_schema', and 'text'.");
    };
  }
}

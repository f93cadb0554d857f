package ai.rails.standin.openai;

import java.util.Locale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/// Reads the parts that both of OpenAI's forms share.
final class Content {
  private Content() {}

  /// A string, or an array of text parts of the type `partType`.
  static String text(JsonNode content, String param, String partType) {
    if (content.isTextual()) {
      return content.asText();
    }
    if (!content.isArray()) {
      throw ApiError.invalid(
          param,
          "invalid_type",
          "Invalid type for '" + param + "': expected one of a string or array of objects.");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < content.size(); i++) {
      String type = content.get(i).path("type").asText();
      if (!type.equals(partType) && !type.equals("output_text")) {
        throw ApiError.invalid(
            param + "[" + i + "].type",
            "invalid_value",
            "Invalid value: '" + type + "'. The stand-in reads '" + partType + "' only.");
      }
      text.append(content.get(i).path("text").asText()).append('\n');
    }
    return text.toString();
  }

  static int positive(JsonNode body, String name, int standard) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return standard;
    }
    if (!value.isIntegralNumber() || value.asInt() < 1) {
      throw ApiError.invalid(
          name,
          "integer_below_min_value",
          "Invalid '" + name + "': integer below minimum value. Expected a value >= 1.");
    }
    return value.asInt();
  }

  /// JSON mode without a schema demands that the prompt speaks of JSON.
  static JsonNode jsonObject(String text) {
    if (!text.toLowerCase(Locale.ROOT).contains("json")) {
      throw ApiError.invalid(
          "messages",
          "",
          "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.");
    }
    return MissingNode.getInstance();
  }
}

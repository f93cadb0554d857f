package ai.rails.standin.openai;

import com.fasterxml.jackson.databind.JsonNode;

/// Refuses aloud what the vendor would serve and this stand-in does not, so that no test passes on
/// a guess.
final class Unserved {
  private Unserved() {}

  static void check(JsonNode body) {
    if (body.path("stream").asBoolean(false)) {
      throw ApiError.invalid("stream", "unsupported_value", "The stand-in does not stream.");
    }
    if (body.path("n").asInt(1) != 1) {
      throw ApiError.invalid("n", "unsupported_value", "The stand-in gives one choice.");
    }
  }
}

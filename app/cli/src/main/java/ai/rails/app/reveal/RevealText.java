package ai.rails.app.reveal;

import com.fasterxml.jackson.databind.JsonNode;

/// Revealed content, for people.
public final class RevealText {
  private RevealText() {}

  public static String of(JsonNode shown) {
    var text = new StringBuilder();
    text.append(
        "Revealed to you alone by worker %s; the log says that you saw it (%s)\n"
            .formatted(shown.path("worker").asText(), shown.path("reveal").asText()));
    for (JsonNode part : shown.path("parts")) {
      text.append("\n%s\n".formatted(title(part)));
      JsonNode content = part.path("content");
      JsonNode fields =
          part.path("kind").asText().equals("CALL") ? content.path("params") : content;
      text.append(fields.toPrettyString().indent(2));
    }
    return text.toString();
  }

  private static String title(JsonNode part) {
    String name = part.path("name").asText();
    return switch (part.path("kind").asText()) {
      case "CALL" ->
          "Arguments of step %s: they hash to the call %s"
              .formatted(name, part.path("digest").asText());
      case "COMMENT" -> "What was written: %s".formatted(name);
      case "OUTPUT" -> "What step %s gave".formatted(name);
      default -> "Input %s".formatted(name);
    };
  }
}

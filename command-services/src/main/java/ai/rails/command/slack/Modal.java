package ai.rails.command.slack;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/// The form in which an approver asks for information. It holds names only; what he writes comes
/// back when he submits it.
public final class Modal {
  static final String CALLBACK = "airails.ask";
  static final int QUESTION_CHARACTERS = 2_000;
  static final String BLOCK = "question";
  private static final String ACTION = "text";

  private Modal() {}

  /// @param about what the button says: run, gate and digest
  public static Map<String, Object> ask(String about) {
    return Map.of(
        "type",
        "modal",
        "callback_id",
        CALLBACK,
        "private_metadata",
        about,
        "title",
        plain("Ask for information"),
        "submit",
        plain("Ask"),
        "close",
        plain("Cancel"),
        "blocks",
        List.of(
            Map.of(
                "type",
                "input",
                "block_id",
                BLOCK,
                "label",
                plain("What do you need to know before you decide?"),
                "element",
                Map.of(
                    "type",
                    "plain_text_input",
                    "action_id",
                    ACTION,
                    "multiline",
                    true,
                    "min_length",
                    1,
                    "max_length",
                    QUESTION_CHARACTERS))));
  }

  /// What was written, if it can be a question.
  public static Optional<String> question(JsonNode view) {
    String text = view.path("state").path("values").path(BLOCK).path(ACTION).path("value").asText();
    return text.isBlank() || text.length() > QUESTION_CHARACTERS
        ? Optional.empty()
        : Optional.of(text);
  }

  private static Map<String, Object> plain(String text) {
    return Map.of("type", "plain_text", "text", text, "emoji", false);
  }
}

package ai.rails.standin.slack;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/// The limits of Block Kit, as complaints in the style of `response_metadata.messages`; an empty
/// list is a valid message.
final class BlockKit {
  private static final int BLOCKS = 50;
  private static final Set<String> BLOCK_TYPES =
      Set.of(
          "header",
          "section",
          "divider",
          "actions",
          "context",
          "image",
          "input",
          "rich_text",
          "file",
          "video",
          "markdown");
  private static final Set<String> STYLES = Set.of("primary", "danger");

  private final List<String> complaints = new ArrayList<>();
  private final Set<String> blockIds = new HashSet<>();

  private BlockKit() {}

  static List<String> complaints(JsonNode blocks) {
    BlockKit check = new BlockKit();
    if (!blocks.isArray()) {
      return List.of("[ERROR] must be an array [json-pointer:/blocks]");
    }
    check.demand(blocks.size() <= BLOCKS, "no more than 50 items allowed", "/blocks");
    for (int i = 0; i < blocks.size(); i++) {
      check.block(blocks.get(i), "/blocks/" + i);
    }
    return List.copyOf(check.complaints);
  }

  private void block(JsonNode block, String at) {
    String type = block.path("type").asText();
    demand(BLOCK_TYPES.contains(type), "unsupported type: " + type, at + "/type");
    String blockId = block.path("block_id").asText();
    demand(blockId.length() <= 255, "must be less than 256 characters", at + "/block_id");
    demand(blockId.isEmpty() || blockIds.add(blockId), "block_id already exists", at + "/block_id");
    switch (type) {
      case "header" -> text(block.path("text"), at + "/text", 150, true);
      case "section" -> section(block, at);
      case "actions" -> elements(block.path("elements"), at + "/elements", 25);
      case "context" -> {
        JsonNode elements = block.path("elements");
        demand(
            elements.isArray() && !elements.isEmpty() && elements.size() <= 10,
            "1 to 10 items allowed",
            at + "/elements");
      }
      case "image" -> {
        demand(
            block.hasNonNull("image_url") || block.hasNonNull("slack_file"),
            "missing required field: image_url",
            at);
        demand(block.hasNonNull("alt_text"), "missing required field: alt_text", at);
      }
      case "input" -> {
        text(block.path("label"), at + "/label", 2000, true);
        demand(block.path("element").isObject(), "missing required field: element", at);
      }
      default -> {
        // the other types hold nothing that an approval card uses
      }
    }
  }

  private void section(JsonNode block, String at) {
    JsonNode fields = block.path("fields");
    demand(block.has("text") || fields.isArray(), "missing required field: text or fields", at);
    if (block.has("text")) {
      text(block.path("text"), at + "/text", 3000, false);
    }
    demand(fields.size() <= 10, "no more than 10 items allowed", at + "/fields");
    for (int i = 0; i < fields.size(); i++) {
      text(fields.get(i), at + "/fields/" + i, 2000, false);
    }
    if (block.has("accessory")) {
      element(block.path("accessory"), at + "/accessory");
    }
  }

  private void elements(JsonNode elements, String at, int most) {
    demand(
        elements.isArray() && !elements.isEmpty() && elements.size() <= most,
        "1 to " + most + " items allowed",
        at);
    Set<String> actionIds = new HashSet<>();
    for (int i = 0; i < elements.size(); i++) {
      JsonNode element = elements.get(i);
      element(element, at + "/" + i);
      String actionId = element.path("action_id").asText();
      demand(
          actionId.isEmpty() || actionIds.add(actionId),
          "`action_id` \"" + actionId + "\" already exists",
          at + "/" + i + "/action_id");
    }
  }

  private void element(JsonNode element, String at) {
    demand(
        element.path("action_id").asText().length() <= 255,
        "must be less than 256 characters",
        at + "/action_id");
    if (element.path("type").asText().equals("button")) {
      text(element.path("text"), at + "/text", 75, true);
      demand(
          element.path("value").asText().length() <= 2000,
          "must be less than 2001 characters",
          at + "/value");
      demand(
          element.path("url").asText().length() <= 3000,
          "must be less than 3001 characters",
          at + "/url");
      demand(
          !element.has("style") || STYLES.contains(element.path("style").asText()),
          "must be one of primary, danger",
          at + "/style");
      if (element.has("confirm")) {
        confirm(element.path("confirm"), at + "/confirm");
      }
    } else {
      demand(element.path("type").isTextual(), "missing required field: type", at);
    }
  }

  private void confirm(JsonNode confirm, String at) {
    text(confirm.path("title"), at + "/title", 100, true);
    text(confirm.path("text"), at + "/text", 300, false);
    text(confirm.path("confirm"), at + "/confirm", 30, true);
    text(confirm.path("deny"), at + "/deny", 30, true);
  }

  private void text(JsonNode text, String at, int most, boolean plain) {
    String type = text.path("type").asText();
    demand(
        type.equals("plain_text") || (!plain && type.equals("mrkdwn")),
        "unsupported type: " + type,
        at + "/type");
    int length = text.path("text").asText().codePointCount(0, text.path("text").asText().length());
    demand(length >= 1, "must be more than 0 characters", at + "/text");
    demand(length <= most, "must be less than " + (most + 1) + " characters", at + "/text");
  }

  private void demand(boolean holds, String complaint, String at) {
    if (!holds) {
      complaints.add("[ERROR] " + complaint + " [json-pointer:" + at + "]");
    }
  }
}

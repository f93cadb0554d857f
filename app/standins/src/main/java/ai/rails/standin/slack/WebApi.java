package ai.rails.standin.slack;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Ids;
import ai.rails.standin.Json;

/// The Web API methods, for a caller whose token was checked already.
final class WebApi {
  private static final int TEXT_LIMIT = 40_000;
  private static final int UPDATED_TEXT_LIMIT = 4_000;

  private final Workspace workspace;
  private final Conversations conversations;
  private final Triggers triggers;
  private final Ids ids;
  private final Map<String, View> views = new LinkedHashMap<>();

  WebApi(Workspace workspace, Conversations conversations, Triggers triggers, Ids ids) {
    this.workspace = workspace;
    this.conversations = conversations;
    this.triggers = triggers;
    this.ids = ids;
  }

  ObjectNode call(String method, Arguments arguments) {
    return switch (method) {
      case "auth.test" -> authTest();
      case "chat.postMessage" -> postMessage(arguments);
      case "chat.update" -> update(arguments);
      case "conversations.history" -> history(arguments);
      case "users.info" -> userInfo(arguments);
      case "views.open" -> openView(arguments);
      default -> throw new SlackError("unknown_method", method);
    };
  }

  private ObjectNode authTest() {
    return ok().put("url", "https://" + workspace.domain() + ".slack.com/")
        .put("team", workspace.domain())
        .put("user", "airails")
        .put("team_id", workspace.teamId())
        .put("user_id", workspace.botUserId())
        .put("bot_id", workspace.botId())
        .put("is_enterprise_install", false);
  }

  private ObjectNode postMessage(Arguments arguments) {
    String channel = channel(arguments);
    ObjectNode message =
        Json.object()
            .put("type", "message")
            .put("user", workspace.botUserId())
            .put("bot_id", workspace.botId())
            .put("app_id", workspace.appId())
            .put("team", workspace.teamId());
    content(message, arguments, TEXT_LIMIT);
    if (arguments.has("thread_ts")) {
      if (conversations.find(channel, arguments.text("thread_ts")).isEmpty()) {
        throw new SlackError("thread_not_found");
      }
      message.put("thread_ts", arguments.text("thread_ts"));
    }
    String ts = conversations.nextTs();
    message.put("ts", ts);
    conversations.post(channel, message);
    return ok().put("channel", channel).put("ts", ts).set("message", message.deepCopy());
  }

  private ObjectNode update(Arguments arguments) {
    String channel = channel(arguments);
    ObjectNode message =
        conversations
            .find(channel, arguments.text("ts"))
            .orElseThrow(() -> new SlackError("message_not_found"))
            .deepCopy();
    content(message, arguments, UPDATED_TEXT_LIMIT);
    message
        .putObject("edited")
        .put("user", workspace.botId())
        .put("ts", message.path("ts").asText());
    conversations.update(channel, message);
    String text = message.path("text").asText();
    return ok().put("channel", channel)
        .put("ts", arguments.text("ts"))
        .put("text", text)
        .set("message", message.deepCopy());
  }

  /// Text, blocks and metadata; text may be absent only when there are blocks.
  void content(ObjectNode message, Arguments arguments, int textLimit) {
    JsonNode blocks = arguments.structure("blocks", "invalid_blocks_format");
    if (!arguments.has("text") && blocks.isEmpty()) {
      throw new SlackError("no_text");
    }
    if (arguments.text("text").length() > textLimit) {
      throw new SlackError("msg_too_long");
    }
    message.put("text", arguments.text("text"));
    if (!blocks.isMissingNode()) {
      List<String> complaints = BlockKit.complaints(blocks);
      if (!complaints.isEmpty()) {
        throw new SlackError("invalid_blocks", String.join("\n", complaints));
      }
      message.set("blocks", withBlockIds(blocks));
    }
    JsonNode metadata = arguments.structure("metadata", "invalid_metadata_format");
    if (!metadata.isMissingNode()) {
      if (!metadata.path("event_type").isTextual() || !metadata.path("event_payload").isObject()) {
        throw new SlackError("invalid_metadata_schema");
      }
      message.set("metadata", metadata);
    }
  }

  /// Slack names the blocks and elements that the app left nameless.
  private ArrayNode withBlockIds(JsonNode blocks) {
    ArrayNode named = Json.MAPPER.createArrayNode();
    for (JsonNode each : blocks) {
      ObjectNode block = each.deepCopy();
      if (!block.hasNonNull("block_id")) {
        block.put("block_id", ids.alphanumeric(5));
      }
      for (JsonNode element : block.path("elements")) {
        if (element instanceof ObjectNode button
            && element.path("type").asText().equals("button")
            && !element.has("action_id")) {
          button.put("action_id", ids.alphanumeric(5));
        }
      }
      named.add(block);
    }
    return named;
  }

  private ObjectNode history(Arguments arguments) {
    String channel = channel(arguments);
    int limit = arguments.has("limit") ? number(arguments.text("limit")) : 100;
    String oldest = arguments.has("oldest") ? arguments.text("oldest") : "0";
    String latest =
        arguments.has("cursor")
            ? Cursor.decode(arguments.text("cursor"))
            : arguments.text("latest");
    boolean inclusive = arguments.flag("inclusive") && !arguments.has("cursor");
    List<ObjectNode> window =
        conversations.newestFirst(channel).stream()
            .filter(each -> Cursor.within(each.path("ts").asText(), oldest, latest, inclusive))
            .toList();
    ObjectNode answer = ok().put("has_more", window.size() > limit).put("pin_count", 0);
    ArrayNode messages = answer.putArray("messages");
    for (ObjectNode each : window.subList(0, Math.min(limit, window.size()))) {
      ObjectNode shown = each.deepCopy();
      if (!arguments.flag("include_all_metadata")) {
        shown.remove("metadata");
      }
      messages.add(shown);
    }
    if (window.size() > limit) {
      answer
          .putObject("response_metadata")
          .put("next_cursor", Cursor.encode(window.get(limit - 1).path("ts").asText()));
    }
    return answer;
  }

  private ObjectNode userInfo(Arguments arguments) {
    String user = arguments.text("user");
    String name = workspace.people().get(user);
    if (name == null) {
      throw new SlackError("user_not_found");
    }
    ObjectNode answer = ok();
    answer
        .putObject("user")
        .put("id", user)
        .put("team_id", workspace.teamId())
        .put("name", name)
        .put("deleted", false)
        .put("is_bot", false)
        .putObject("profile")
        .put("real_name", name)
        .put("display_name", name);
    return answer;
  }

  private ObjectNode openView(Arguments arguments) {
    if (!arguments.has("trigger_id")) {
      throw new SlackError("invalid_arguments", "missing required field: trigger_id");
    }
    JsonNode view = arguments.structure("view", "invalid_arguments");
    boolean titled =
        view.path("title").path("type").asText().equals("plain_text")
            && view.path("title").path("text").asText().length() <= 24;
    if (!view.path("type").asText().equals("modal")
        || !titled
        || !BlockKit.complaints(view.path("blocks")).isEmpty()) {
      throw new SlackError("invalid_arguments", "view");
    }
    checkForm(view);
    String viewer = triggers.use(arguments.text("trigger_id"));
    ObjectNode opened = view.deepCopy();
    opened
        .put("id", "V" + ids.alphanumeric(10))
        .put("team_id", workspace.teamId())
        .put("app_id", workspace.appId())
        .put("bot_id", workspace.botId());
    opened.putObject("state").putObject("values");
    views.put(opened.path("id").asText(), new View(viewer, opened));
    return ok().set("view", opened);
  }

  private static void checkForm(JsonNode view) {
    boolean asks = false;
    for (JsonNode block : view.path("blocks")) {
      asks |= block.path("type").asText().equals("input");
    }
    if (asks && !view.path("submit").path("type").asText().equals("plain_text")) {
      throw new SlackError("invalid_arguments", "a submit button is required with an input block");
    }
    if (view.path("private_metadata").asText().length() > 3_000
        || view.path("callback_id").asText().length() > 255
        || view.path("submit").path("text").asText().length() > 24
        || view.path("close").path("text").asText().length() > 24) {
      throw new SlackError("invalid_arguments", "view");
    }
  }

  /// An open view.
  record View(String userId, ObjectNode view) {}

  /// Ends a view that was open.
  View submitted(String viewId) {
    View view = views.get(viewId);
    if (view == null) {
      throw new IllegalArgumentException("no view is open with id " + viewId);
    }
    return view;
  }

  /// Ids of open views, newest last.
  List<String> openViews() {
    return List.copyOf(views.keySet());
  }

  private String channel(Arguments arguments) {
    String channel = arguments.text("channel");
    if (!workspace.channels().containsKey(channel)) {
      throw new SlackError("channel_not_found");
    }
    return channel;
  }

  private static int number(String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= 999) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below, like a number out of range
    }
    throw new SlackError("invalid_limit");
  }

  static ObjectNode ok() {
    return Json.object().put("ok", true);
  }
}

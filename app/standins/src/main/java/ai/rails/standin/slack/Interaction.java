package ai.rails.standin.slack;

import java.time.InstantSource;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Callback;
import ai.rails.standin.Form;
import ai.rails.standin.HmacSha256;
import ai.rails.standin.Json;

/// Builds and signs `block_actions` and `view_submission` payloads. Only a button that the message
/// really has can be pressed, and only a view that is open be submitted.
record Interaction(Workspace workspace, Triggers triggers, InstantSource clock) {
  /// The form of a payload, signed.
  Callback callback(ObjectNode payload) {
    return signed(Form.encode(Map.of("payload", payload.toString())));
  }

  /// A person submits a view.
  ///
  /// @param values block to action to what was entered
  ObjectNode submission(String userId, ObjectNode view, Map<String, Map<String, String>> values) {
    ObjectNode payload = Json.object().put("type", "view_submission");
    who(payload, userId);
    payload.put("trigger_id", triggers.newTrigger(userId));
    ObjectNode submitted = view.deepCopy();
    ObjectNode state = submitted.putObject("state").putObject("values");
    values.forEach((block, actions) ->
        actions.forEach((action, value) ->
            state
                .withObjectProperty(block)
                .putObject(action)
                .put("type", "plain_text_input")
                .put("value", value)));
    payload.set("view", submitted);
    payload.putArray("response_urls");
    return payload;
  }

  private void who(ObjectNode payload, String userId) {
    String name = workspace.people().get(userId);
    if (name == null) {
      throw new IllegalArgumentException("the workspace has no user " + userId);
    }
    payload.putObject("team").put("id", workspace.teamId()).put("domain", workspace.domain());
    payload
        .putObject("user")
        .put("id", userId)
        .put("username", name)
        .put("name", name)
        .put("team_id", workspace.teamId());
    payload.put("api_app_id", workspace.appId()).put("token", "legacy-verification-token");
    payload.putNull("enterprise").put("is_enterprise_install", false);
  }

  ObjectNode pressed(Press press, ObjectNode message, String actionTs) {
    JsonNode[] found = find(message, press.actionId());
    ObjectNode payload = Json.object().put("type", "block_actions");
    who(payload, press.userId());
    payload
        .putObject("container")
        .put("type", "message")
        .put("message_ts", press.messageTs())
        .put("channel_id", press.channel())
        .put("is_ephemeral", false);
    payload.put("trigger_id", triggers.newTrigger(press.userId()));
    payload
        .putObject("channel")
        .put("id", press.channel())
        .put("name", workspace.channels().getOrDefault(press.channel(), "unknown"));
    payload.set("message", message.deepCopy());
    payload.putObject("state").putObject("values");
    payload.put(
        "response_url",
        responses() + triggers.newResponsePath(workspace, press.channel(), press.messageTs()));
    payload.putArray("actions").add(action(found[0], found[1], actionTs));
    return payload;
  }

  /// Slack answers for response URLs under a name of its own.
  private String responses() {
    return workspace.url().replace("https://slack.com", "https://hooks.slack.com");
  }

  /// Signs a body with the time of now: `v0=` and the MAC over `v0:{timestamp}:{raw body}`.
  Callback signed(String body) {
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    return new Callback(
        Map.of(
            "Content-Type",
            "application/x-www-form-urlencoded",
            "User-Agent",
            "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp",
            timestamp,
            "X-Slack-Signature",
            "v0=" + HmacSha256.hex(workspace.signingSecret(), "v0:" + timestamp + ":" + body)),
        body);
  }

  private static ObjectNode action(JsonNode block, JsonNode button, String actionTs) {
    ObjectNode action =
        Json.object()
            .put("action_id", button.path("action_id").asText())
            .put("block_id", block.path("block_id").asText());
    action.set("text", button.path("text"));
    if (button.has("value")) {
      action.put("value", button.path("value").asText());
    }
    if (button.has("style")) {
      action.put("style", button.path("style").asText());
    }
    return action.put("type", "button").put("action_ts", actionTs);
  }

  private static JsonNode[] find(ObjectNode message, String actionId) {
    for (JsonNode block : message.path("blocks")) {
      for (JsonNode element : block.path("elements")) {
        if (element.path("action_id").asText().equals(actionId)) {
          return new JsonNode[] {block, element};
        }
      }
      if (block.path("accessory").path("action_id").asText().equals(actionId)) {
        return new JsonNode[] {block, block.path("accessory")};
      }
    }
    throw new IllegalArgumentException("the message has no button " + actionId);
  }
}

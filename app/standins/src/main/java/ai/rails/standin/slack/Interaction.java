package ai.rails.standin.slack;

import java.time.InstantSource;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Callback;
import ai.rails.standin.Form;
import ai.rails.standin.HmacSha256;
import ai.rails.standin.Json;

/// Builds and signs `block_actions` payloads. Only a button that the message really has can be
/// pressed.
record Interaction(Workspace workspace, Triggers triggers, InstantSource clock) {
  Callback callback(Press press, ObjectNode message, String actionTs) {
    JsonNode[] found = find(message, press.actionId());
    ObjectNode payload = Json.object().put("type", "block_actions");
    String name = workspace.people().get(press.userId());
    if (name == null) {
      throw new IllegalArgumentException("the workspace has no user " + press.userId());
    }
    payload
        .putObject("user")
        .put("id", press.userId())
        .put("username", name)
        .put("name", name)
        .put("team_id", workspace.teamId());
    payload.put("api_app_id", workspace.appId()).put("token", "legacy-verification-token");
    payload
        .putObject("container")
        .put("type", "message")
        .put("message_ts", press.messageTs())
        .put("channel_id", press.channel())
        .put("is_ephemeral", false);
    payload.put("trigger_id", triggers.newTrigger());
    payload.putObject("team").put("id", workspace.teamId()).put("domain", workspace.domain());
    payload.putNull("enterprise").put("is_enterprise_install", false);
    payload
        .putObject("channel")
        .put("id", press.channel())
        .put("name", workspace.channels().getOrDefault(press.channel(), "unknown"));
    payload.set("message", message.deepCopy());
    payload.putObject("state").putObject("values");
    payload.put(
        "response_url",
        workspace.url() + triggers.newResponsePath(workspace, press.channel(), press.messageTs()));
    payload.putArray("actions").add(action(found[0], found[1], actionTs));
    return signed(Form.encode(Map.of("payload", payload.toString())));
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

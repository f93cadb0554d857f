package ai.rails.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// What a call's templates look into: `params`, `call/marker`, `call/idempotencyKey`, `prompts`,
/// `answerSchema`, and `got/<request>/<name>` as the requests go on. Confined to the thread that
/// makes the call.
public final class CallScope {
  private final ObjectNode root = JsonNodeFactory.instance.objectNode();

  /// @param marker by which the other side's records name this call
  /// @param idempotencyKey for a side that keeps such keys
  public CallScope(
      Connector connector, Action action, JsonNode params, String marker, String idempotencyKey) {
    root.set("params", params);
    root.putObject("call").put("marker", marker).put("idempotencyKey", idempotencyKey);
    ObjectNode prompts = root.putObject("prompts");
    connector.prompts().forEach(prompts::put);
    root.putObject("got");
    action
        .model()
        .ifPresent(model -> root.set("answerSchema", Template.render(model.answerSchema(), root)));
  }

  /// Keeps what an answer gave.
  public void got(String request, String name, JsonNode value) {
    root.withObjectProperty("got").withObjectProperty(request).set(name, value);
  }

  /// Read-only by agreement.
  public JsonNode json() {
    return root;
  }
}

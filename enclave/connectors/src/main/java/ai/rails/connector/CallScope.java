package ai.rails.connector;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// What a call's templates look into: `params`, `call/marker`, `call/idempotencyKey`, `call/id` (64
/// hex digits made of the key, for sides that let us choose an id), `call/since` (before which no
/// attempt of this call can have been, RFC 3339; `call/sinceSeconds` is the same in Unix time),
/// `call/recovering` where an earlier attempt may have had the effect, `prompts`, `answerSchema`,
/// and `got/<request>/<name>` as the requests go on. Confined to the thread that makes the call.
public final class CallScope {
  private final ObjectNode root = JsonNodeFactory.instance.objectNode();

  /// @param marker by which the other side's records name this call
  /// @param idempotencyKey for a side that keeps such keys
  /// @param since before which no attempt of the call can have been
  public CallScope(
      Connector connector,
      Action action,
      JsonNode params,
      String marker,
      String idempotencyKey,
      Instant since) {
    root.set("params", params);
    root.putObject("call")
        .put("marker", marker)
        .put("idempotencyKey", idempotencyKey)
        .put("id", ManifestJson.sha256(idempotencyKey.getBytes(StandardCharsets.UTF_8)))
        .put("since", since.truncatedTo(ChronoUnit.SECONDS).toString())
        .put("sinceSeconds", since.getEpochSecond());
    ObjectNode prompts = root.putObject("prompts");
    connector.prompts().forEach(prompts::put);
    root.putObject("got");
    action
        .model()
        .ifPresent(model -> root.set("answerSchema", Template.render(model.answerSchema(), root)));
  }

  /// An earlier attempt may have had the effect: `call/recovering` is there from now on.
  public void recovering() {
    root.withObjectProperty("call").put("recovering", true);
  }

  /// A model's answer does not fit: `repair/complaint` says where, never what it was.
  public void repair(String complaint) {
    root.putObject("repair").put("complaint", complaint);
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

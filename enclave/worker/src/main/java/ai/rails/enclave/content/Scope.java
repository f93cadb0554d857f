package ai.rails.enclave.content;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.GateView;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// The JSON that pointers and expressions of a step look into: `inputs`, `steps`, `settings`,
/// `instances`, `run`, and for a gate's card `gate` and `revealed`.
///
/// Confined to the thread that builds it; read-only after that.
public final class Scope {
  private final ObjectNode root = ContentJson.MAPPER.createObjectNode();

  private Scope() {}

  /// Starts with what is no content: settings, instances, the run and the disclosed inputs.
  ///
  /// @param instances connector alias to instance
  public static Scope of(Workflow workflow, Map<String, Instance> instances, Claimed claimed) {
    var scope = new Scope();
    scope.root.set("settings", ContentJson.MAPPER.valueToTree(workflow.settings()));
    ObjectNode aliases = scope.root.putObject("instances");
    instances.forEach((alias, instance) ->
        aliases.set(alias, ContentJson.MAPPER.valueToTree(instance.settings())));
    scope
        .root
        .putObject("run")
        .put("id", claimed.run())
        .put("workflow", workflow.id())
        .put("version", workflow.version());
    ObjectNode inputs = scope.root.putObject("inputs");
    claimed
        .inputs()
        .forEach((name, text) -> inputs.set(name, typed(workflow.inputs().get(name), text)));
    scope.root.putObject("steps");
    return scope;
  }

  /// Adds an opened content input.
  public Scope withInput(String name, JsonNode value) {
    root.withObjectProperty("inputs").set(name, value);
    return this;
  }

  /// Adds an opened output of a step.
  public Scope withStep(String step, JsonNode output) {
    root.withObjectProperty("steps").set(step, output);
    return this;
  }

  /// Adds only what a step disclosed: what a card may be built from.
  public Scope withDisclosed(String step, Map<String, String> fields) {
    return withStep(step, ContentJson.MAPPER.valueToTree(fields));
  }

  /// Adds the gate that a card shows and the revealed parameters of the call that waits for it.
  public Scope withGate(GateView gate, JsonNode revealed) {
    root.set("gate", ContentJson.MAPPER.valueToTree(gate));
    root.set("revealed", revealed);
    return this;
  }

  /// Adds the names of what earlier steps left, for a proof.
  ///
  /// @param evidence step to `{ref, ciphertextSha256, bytes}`
  public Scope withEvidence(JsonNode evidence) {
    root.set("evidence", evidence);
    return this;
  }

  public JsonNode json() {
    return root;
  }

  private static JsonNode typed(@Nullable Field field, String text) {
    if (field == null) {
      return ContentJson.MAPPER.getNodeFactory().textNode(text);
    }
    try {
      return switch (field.type()) {
        case INTEGER -> ContentJson.MAPPER.getNodeFactory().numberNode(Long.parseLong(text));
        case NUMBER -> ContentJson.MAPPER.getNodeFactory().numberNode(Double.parseDouble(text));
        case BOOLEAN -> ContentJson.MAPPER.getNodeFactory().booleanNode(text.equals("true"));
        case ID, ENUM, TIME, CONTENT -> ContentJson.MAPPER.getNodeFactory().textNode(text);
      };
    } catch (NumberFormatException e) {
      throw new ContentRefused(
          ContentRefused.Code.CONTENT_MALFORMED, "a disclosed input is no number", e);
    }
  }
}

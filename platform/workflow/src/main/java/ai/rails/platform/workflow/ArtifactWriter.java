package ai.rails.platform.workflow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Call;
import ai.rails.domain.workflow.Step.Escalate;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Tier;
import ai.rails.domain.workflow.Value;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.domain.workflow.Workflow.Trigger;

/// Writes a workflow as plain maps and lists; [ArtifactReader] is the other way. Absent optional
/// parts are left out, everything else is written.
final class ArtifactWriter {
  static final String VERSION = "airails.artifact/1";

  private ArtifactWriter() {}

  static Map<String, Object> json(Workflow workflow) {
    Map<String, Object> json = new HashMap<>();
    json.put("schema", VERSION);
    json.put("id", workflow.id());
    json.put("version", workflow.version());
    json.put("title", workflow.title());
    json.put("author", workflow.author());
    json.put("inputs", fields(workflow.inputs()));
    json.put("triggers", workflow.triggers().stream().map(ArtifactWriter::trigger).toList());
    Map<String, Object> pins = new HashMap<>();
    workflow.connectors().forEach((alias, pin) -> pins.put(alias, pin(pin)));
    json.put("connectors", pins);
    json.put("steps", workflow.steps().stream().map(ArtifactWriter::step).toList());
    json.put(
        "limits",
        Map.of(
            "duration", workflow.limits().duration().toString(),
            "currency", workflow.limits().cost().currency(),
            "nanos", workflow.limits().cost().nanos()));
    json.put("settings", workflow.settings());
    workflow.subject().ifPresent(subject -> json.put("subject", subject));
    if (workflow.workers().confidentialGpu()) {
      json.put("gpu", "confidential");
    }
    return json;
  }

  private static Map<String, Object> fields(Map<String, Field> fields) {
    Map<String, Object> json = new HashMap<>();
    fields.forEach((name, field) -> json.put(name, field(field)));
    return json;
  }

  private static Map<String, Object> field(Field field) {
    return Map.of("type", field.type().name(), "values", field.values());
  }

  private static Map<String, Object> trigger(Trigger trigger) {
    Map<String, Object> json = new HashMap<>();
    json.put("id", trigger.id());
    json.put("kind", trigger.kind().name());
    json.put("source", trigger.source());
    json.put("fields", fields(trigger.fields()));
    json.put("dedupe", trigger.dedupe());
    json.put("inputs", trigger.inputs());
    trigger.schedule().ifPresent(schedule -> json.put("schedule", schedule));
    trigger.timezone().ifPresent(zone -> json.put("timezone", zone));
    return json;
  }

  private static Map<String, Object> pin(ConnectorPin pin) {
    Map<String, Object> json = new HashMap<>();
    json.put("connector", pin.connector());
    json.put("version", pin.version());
    json.put("digest", pin.digest());
    json.put("instance", pin.instance());
    pin.model().ifPresent(model -> json.put("model", model));
    return json;
  }

  private static Map<String, Object> step(Step step) {
    Map<String, Object> json = new HashMap<>();
    json.put("id", step.id());
    json.put("kind", step.kind().name());
    json.put("needs", step.needs());
    step.when().ifPresent(when -> json.put("when", when));
    Map<String, Object> disclose = new HashMap<>();
    step.disclose()
        .forEach((name, d) ->
            disclose.put(name, Map.of("field", field(d.field()), "pointer", d.pointer())));
    json.put("disclose", disclose);
    json.put(
        "retry",
        Map.of(
            "attempts", (long) step.retry().attempts(),
            "backoff", step.retry().backoff().toString(),
            "maxBackoff", step.retry().maxBackoff().toString()));
    json.put("timeout", step.timeout().toString());
    step.call().ifPresent(call -> json.put("call", call(call)));
    step.gate().ifPresent(gate -> json.put("gate", gate(gate)));
    json.put(
        "rules",
        step.rules().stream().map(rule -> Map.of("cel", rule.cel(), "code", rule.code())).toList());
    step.output().ifPresent(output -> json.put("output", value(output)));
    step.compensate().ifPresent(call -> json.put("compensate", call(call)));
    return json;
  }

  private static Map<String, Object> call(Call call) {
    Map<String, Object> parameters = new HashMap<>();
    call.parameters().forEach((name, value) -> parameters.put(name, value(value)));
    Map<String, Object> json =
        new HashMap<>(
            Map.of(
                "connector", call.connector(),
                "action", call.action(),
                "parameters", parameters,
                "reveal", call.reveal()));
    // Left out where there are none: artifacts of before keep their digests.
    if (!call.alternatives().isEmpty()) {
      json.put("alternatives", call.alternatives().stream().map(ArtifactWriter::call).toList());
    }
    return json;
  }

  private static Map<String, Object> gate(Gate gate) {
    Map<String, Object> json = new HashMap<>();
    json.put("for", gate.forStep());
    json.put("role", gate.role());
    json.put("quorum", (long) gate.quorum());
    json.put("expires", gate.expires().toString());
    json.put("display", gate.display());
    gate.card().ifPresent(card -> json.put("card", call(card)));
    // Left out where there are none: artifacts of before keep their digests.
    if (gate.signature()) {
      json.put("signature", "passkey");
    }
    if (!gate.tiers().isEmpty()) {
      json.put("tiers", gate.tiers().stream().map(ArtifactWriter::tier).toList());
    }
    if (!gate.escalations().isEmpty()) {
      json.put("escalate", gate.escalations().stream().map(ArtifactWriter::escalate).toList());
    }
    return json;
  }

  private static Map<String, Object> tier(Tier tier) {
    return Map.of("when", tier.when(), "role", tier.role(), "quorum", (long) tier.quorum());
  }

  private static Map<String, Object> escalate(Escalate escalate) {
    return Map.of(
        "after", escalate.after().toString(),
        "role", escalate.role(),
        "quorum", (long) escalate.quorum());
  }

  private static Map<String, Object> value(Value value) {
    return switch (value) {
      case Value.Constant constant -> Map.of("constant", constant.scalar());
      case Value.Pointer pointer -> Map.of("pointer", pointer.pointer());
      case Value.Expression expression -> Map.of("cel", expression.cel());
      case Value.Template template -> Map.of("template", template.text());
      case Value.Items items -> {
        List<Map<String, Object>> list = items.items().stream().map(ArtifactWriter::value).toList();
        yield Map.of("items", list);
      }
      case Value.Members members -> {
        Map<String, Object> map = new HashMap<>();
        members.members().forEach((name, member) -> map.put(name, value(member)));
        yield Map.of("members", map);
      }
    };
  }
}

package ai.rails.platform.workflow;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.budget.Money;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Call;
import ai.rails.domain.workflow.Step.Disclosed;
import ai.rails.domain.workflow.Step.Escalate;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Retry;
import ai.rails.domain.workflow.Step.Rule;
import ai.rails.domain.workflow.Step.Tier;
import ai.rails.domain.workflow.Value;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.domain.workflow.Workflow.RunLimits;
import ai.rails.domain.workflow.Workflow.Trigger;
import ai.rails.domain.workflow.Workflow.Workers;

/// Reads what [ArtifactWriter] wrote. Whatever is missing or of another form is an
/// IllegalArgumentException.
final class ArtifactReader {
  private ArtifactReader() {}

  static Workflow workflow(JsonNode json) {
    try {
      if (!text(json, "schema").equals(ArtifactWriter.VERSION)) {
        throw new IllegalArgumentException("an artifact is of " + ArtifactWriter.VERSION);
      }
      JsonNode limits = json.path("limits");
      return new Workflow(
          text(json, "id"),
          text(json, "version"),
          text(json, "title"),
          text(json, "author"),
          map(json.path("inputs"), ArtifactReader::field),
          list(json.path("triggers"), ArtifactReader::trigger),
          map(json.path("connectors"), ArtifactReader::pin),
          list(json.path("steps"), ArtifactReader::step),
          new RunLimits(
              duration(limits, "duration"),
              new Money(text(limits, "currency"), limits.path("nanos").longValue())),
          map(json.path("settings"), ArtifactReader::plain),
          optional(json, "subject", JsonNode::asText),
          new Workers(optional(json, "gpu", JsonNode::asText).isPresent()));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("an artifact has a wrong duration", e);
    }
  }

  private static Field field(JsonNode json) {
    return new Field(
        Field.Type.valueOf(text(json, "type")), list(json.path("values"), JsonNode::asText));
  }

  private static Trigger trigger(JsonNode json) {
    return new Trigger(
        text(json, "id"),
        Trigger.Kind.valueOf(text(json, "kind")),
        text(json, "source"),
        map(json.path("fields"), ArtifactReader::field),
        list(json.path("dedupe"), JsonNode::asText),
        map(json.path("inputs"), JsonNode::asText),
        optional(json, "schedule", JsonNode::asText),
        optional(json, "timezone", JsonNode::asText));
  }

  private static ConnectorPin pin(JsonNode json) {
    return new ConnectorPin(
        text(json, "connector"),
        text(json, "version"),
        text(json, "digest"),
        text(json, "instance"),
        optional(json, "model", JsonNode::asText));
  }

  private static Step step(JsonNode json) {
    JsonNode retry = json.path("retry");
    return new Step(
        text(json, "id"),
        Step.Kind.valueOf(text(json, "kind")),
        list(json.path("needs"), JsonNode::asText),
        optional(json, "when", JsonNode::asText),
        map(
            json.path("disclose"),
            each -> new Disclosed(field(each.path("field")), text(each, "pointer"))),
        new Retry(
            retry.path("attempts").intValue(),
            duration(retry, "backoff"),
            duration(retry, "maxBackoff")),
        duration(json, "timeout"),
        optional(json, "call", ArtifactReader::call),
        optional(json, "gate", ArtifactReader::gate),
        list(json.path("rules"), each -> new Rule(text(each, "cel"), text(each, "code"))),
        optional(json, "output", ArtifactReader::value),
        optional(json, "compensate", ArtifactReader::call));
  }

  private static Call call(JsonNode json) {
    return new Call(
        text(json, "connector"),
        text(json, "action"),
        map(json.path("parameters"), ArtifactReader::value),
        list(json.path("reveal"), JsonNode::asText),
        list(json.path("alternatives"), ArtifactReader::call));
  }

  private static Gate gate(JsonNode json) {
    return new Gate(
        text(json, "for"),
        text(json, "role"),
        json.path("quorum").intValue(),
        duration(json, "expires"),
        map(json.path("display"), JsonNode::asText),
        optional(json, "card", ArtifactReader::call),
        json.path("signature").asText().equals("passkey"),
        list(
            json.path("tiers"),
            each ->
                new Tier(text(each, "when"), text(each, "role"), each.path("quorum").intValue())),
        list(
            json.path("escalate"),
            each ->
                new Escalate(
                    duration(each, "after"), text(each, "role"), each.path("quorum").intValue())));
  }

  private static Value value(JsonNode json) {
    if (json.size() != 1) {
      throw new IllegalArgumentException("a value is built in one way");
    }
    Map.Entry<String, JsonNode> way = json.properties().iterator().next();
    JsonNode with = way.getValue();
    return switch (way.getKey()) {
      case "constant" -> new Value.Constant(plain(with));
      case "pointer" -> new Value.Pointer(with.asText());
      case "cel" -> new Value.Expression(with.asText());
      case "template" -> new Value.Template(with.asText());
      case "items" -> new Value.Items(list(with, ArtifactReader::value));
      case "members" -> new Value.Members(map(with, ArtifactReader::value));
      default -> throw new IllegalArgumentException("no way to build a value: " + way.getKey());
    };
  }

  private static Object plain(JsonNode json) {
    return switch (json.getNodeType()) {
      case STRING -> json.textValue();
      case BOOLEAN -> json.booleanValue();
      case NUMBER ->
          json.isIntegralNumber() ? (Object) json.longValue() : (Object) json.doubleValue();
      case ARRAY -> list(json, ArtifactReader::plain);
      case OBJECT -> map(json, ArtifactReader::plain);
      default -> throw new IllegalArgumentException("an artifact has no null");
    };
  }

  private static String text(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("an artifact lacks " + name);
    }
    return value.textValue();
  }

  private static Duration duration(JsonNode json, String name) {
    return Duration.parse(text(json, name));
  }

  private static <T> Optional<T> optional(
      JsonNode json, String name, Function<JsonNode, T> reader) {
    return json.has(name) ? Optional.of(reader.apply(json.path(name))) : Optional.empty();
  }

  private static <T> List<T> list(JsonNode json, Function<JsonNode, T> reader) {
    List<T> list = new ArrayList<>();
    json.forEach(item -> list.add(reader.apply(item)));
    return List.copyOf(list);
  }

  private static <T> Map<String, T> map(JsonNode json, Function<JsonNode, T> reader) {
    Map<String, T> map = new HashMap<>();
    json.propertyStream()
        .forEach(member -> map.put(member.getKey(), reader.apply(member.getValue())));
    return Map.copyOf(map);
  }
}

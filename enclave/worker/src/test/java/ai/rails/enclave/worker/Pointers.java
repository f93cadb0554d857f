package ai.rails.enclave.worker;

import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.workflow.Value;
import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.Expressions;

/// Expressions of these tests: every one is a JSON Pointer.
final class Pointers implements Expressions {
  private static final Pattern PART = Pattern.compile("\\{(/[^}]*)}");

  @Override
  public JsonNode value(Value value, JsonNode scope) {
    return switch (value) {
      case Value.Constant constant -> ContentJson.MAPPER.valueToTree(constant.scalar());
      case Value.Pointer pointer -> at(scope, pointer.pointer());
      case Value.Expression expression -> at(scope, expression.cel());
      case Value.Template template ->
          JsonNodeFactory.instance.textNode(
              PART.matcher(template.text()).replaceAll(part -> at(scope, part.group(1)).asText()));
      case Value.Members members -> {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        members.members().forEach((name, member) -> object.set(name, value(member, scope)));
        yield object;
      }
      case Value.Items items -> {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        items.items().forEach(item -> array.add(value(item, scope)));
        yield array;
      }
    };
  }

  @Override
  public boolean holds(String cel, JsonNode scope) {
    return at(scope, cel).booleanValue();
  }

  private static JsonNode at(JsonNode scope, String pointer) {
    JsonNode value = scope.at(pointer);
    if (value.isMissingNode()) {
      throw new ContentRefused(ContentRefused.Code.EXPRESSION_FAILED, pointer + " has no value");
    }
    return value;
  }
}

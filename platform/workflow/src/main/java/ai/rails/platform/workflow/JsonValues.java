package ai.rails.platform.workflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.NullValue;
import org.jspecify.annotations.Nullable;

/// Turns JSON into what CEL computes with, and back.
final class JsonValues {
  private JsonValues() {}

  static Object toCel(JsonNode node) {
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER ->
          node.isIntegralNumber() && node.canConvertToLong()
              ? (Object) node.longValue()
              : (Object) node.doubleValue();
      case ARRAY -> {
        List<Object> list = new ArrayList<>(node.size());
        node.forEach(item -> list.add(toCel(item)));
        yield list;
      }
      case OBJECT -> members(node);
      default -> NullValue.NULL_VALUE;
    };
  }

  static Map<String, Object> members(JsonNode object) {
    Map<String, Object> map = new LinkedHashMap<>();
    object.propertyStream().forEach(member -> map.put(member.getKey(), toCel(member.getValue())));
    return map;
  }

  /// @throws IllegalArgumentException if the value is not JSON
  static JsonNode toJson(@Nullable Object value) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (value) {
      case null -> json.nullNode();
      case NullValue _ -> json.nullNode();
      case String text -> json.textNode(text);
      case Boolean bool -> json.booleanNode(bool);
      case Long number -> json.numberNode(number);
      case UnsignedLong number -> json.numberNode(number.bigIntegerValue());
      case Double number when Double.isFinite(number) -> json.numberNode(number);
      case List<?> list -> {
        ArrayNode array = json.arrayNode();
        list.forEach(item -> array.add(toJson(item)));
        yield array;
      }
      case Map<?, ?> map -> {
        ObjectNode object = json.objectNode();
        map.forEach((name, member) -> object.set(String.valueOf(name), toJson(member)));
        yield object;
      }
      default -> throw new IllegalArgumentException("not a JSON value");
    };
  }
}

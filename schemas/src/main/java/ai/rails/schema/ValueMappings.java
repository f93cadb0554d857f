package ai.rails.schema;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.avro.LogicalType;
import org.apache.avro.Schema;

/// Finds the mapping of a component's Java type to the Avro type of the field of that name.
final class ValueMappings {
  private ValueMappings() {}

  /// @throws IllegalStateException if the schema has another type there, or nothing maps the type
  static ValueMapping of(Type type, Schema schema) {
    if (type instanceof ParameterizedType generic) {
      return ofGeneric(generic, schema);
    }
    if (!(type instanceof Class<?> raw)) {
      throw new IllegalStateException("no mapping for " + type);
    }
    if (raw.isRecord()) {
      return RecordMapping.of(raw, schema);
    }
    if (raw.isEnum()) {
      require(schema, Schema.Type.STRING, type);
      return ValueMapping.Constant.of(raw);
    }
    if (raw == Instant.class) {
      return millis(schema);
    }
    require(schema, plainType(raw), type);
    return raw == String.class
        ? new ValueMapping.Text()
        : raw == byte[].class ? new ValueMapping.Bytes() : new ValueMapping.Same();
  }

  private static Schema.Type plainType(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "String" -> Schema.Type.STRING;
      case "int", "Integer" -> Schema.Type.INT;
      case "long", "Long" -> Schema.Type.LONG;
      case "boolean", "Boolean" -> Schema.Type.BOOLEAN;
      case "byte[]" -> Schema.Type.BYTES;
      default -> throw new IllegalStateException("no mapping for " + type);
    };
  }

  private static ValueMapping ofGeneric(ParameterizedType type, Schema schema) {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == Optional.class) {
      return maybe(arguments[0], schema);
    }
    if (type.getRawType() == List.class) {
      require(schema, Schema.Type.ARRAY, type);
      return new ValueMapping.Items(of(arguments[0], schema.getElementType()));
    }
    if (type.getRawType() == Map.class && arguments[0] == String.class) {
      require(schema, Schema.Type.MAP, type);
      return new ValueMapping.Entries(of(arguments[1], schema.getValueType()));
    }
    throw new IllegalStateException("no mapping for " + type);
  }

  private static ValueMapping maybe(Type type, Schema schema) {
    require(schema, Schema.Type.UNION, type);
    List<Schema> branches = schema.getTypes();
    if (branches.size() != 2 || branches.getFirst().getType() != Schema.Type.NULL) {
      throw new IllegalStateException("Optional needs [\"null\", T], found " + schema);
    }
    return new ValueMapping.Maybe(of(type, branches.get(1)));
  }

  private static ValueMapping millis(Schema schema) {
    require(schema, Schema.Type.LONG, Instant.class);
    LogicalType logical = schema.getLogicalType();
    if (logical == null || !logical.getName().equals("timestamp-millis")) {
      throw new IllegalStateException("Instant needs timestamp-millis, found " + schema);
    }
    return new ValueMapping.Millis();
  }

  private static void require(Schema schema, Schema.Type expected, Type type) {
    if (schema.getType() != expected) {
      throw new IllegalStateException("%s needs %s, found %s".formatted(type, expected, schema));
    }
  }
}

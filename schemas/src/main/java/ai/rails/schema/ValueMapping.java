package ai.rails.schema;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/// How one Java type is written as one Avro type, and read back. Built once for each component of
/// each record by [ValueMappings]; immutable.
interface ValueMapping {
  @Nullable Object toAvro(Object value);

  Object toJava(@Nullable Object value);

  /// Numbers and booleans, which Avro holds as Java does.
  record Same() implements ValueMapping {
    @Override
    public Object toAvro(Object value) {
      return value;
    }

    @Override
    public Object toJava(@Nullable Object value) {
      return present(value);
    }
  }

  /// Text.
  record Text() implements ValueMapping {
    @Override
    public Object toAvro(Object value) {
      return value;
    }

    @Override
    public Object toJava(@Nullable Object value) {
      return present(value).toString();
    }
  }

  /// An enum as its name: an Avro enum could not take a further constant without breaking readers
  /// of the earlier schema, or showing them a default that never happened.
  record Constant(Class<?> type, Map<String, Object> constants) implements ValueMapping {
    static Constant of(Class<?> type) {
      var constants = new HashMap<String, Object>();
      for (Object constant : type.getEnumConstants()) {
        constants.put(((Enum<?>) constant).name(), constant);
      }
      return new Constant(type, Map.copyOf(constants));
    }

    @Override
    public Object toAvro(Object value) {
      return ((Enum<?>) value).name();
    }

    @Override
    public Object toJava(@Nullable Object value) {
      Object constant = constants.get(present(value).toString());
      if (constant == null) {
        throw new Malformed(
            "unknown %s; this reader is older than the writer".formatted(type.getSimpleName()));
      }
      return constant;
    }
  }

  /// A time as Unix milliseconds; finer parts are cut off.
  record Millis() implements ValueMapping {
    @Override
    public Object toAvro(Object value) {
      return ((Instant) value).toEpochMilli();
    }

    @Override
    public Object toJava(@Nullable Object value) {
      return Instant.ofEpochMilli((Long) present(value));
    }
  }

  /// Bytes, not copied when written.
  record Bytes() implements ValueMapping {
    @Override
    public Object toAvro(Object value) {
      return ByteBuffer.wrap((byte[]) value);
    }

    @Override
    public Object toJava(@Nullable Object value) {
      ByteBuffer buffer = ((ByteBuffer) present(value)).duplicate();
      byte[] bytes = new byte[buffer.remaining()];
      buffer.get(bytes);
      return bytes;
    }
  }

  /// What may be absent: null in Avro.
  record Maybe(ValueMapping inner) implements ValueMapping {
    @Override
    public @Nullable Object toAvro(Object value) {
      Optional<?> optional = (Optional<?>) value;
      return optional.isPresent() ? inner.toAvro(optional.get()) : null;
    }

    @Override
    public Object toJava(@Nullable Object value) {
      return value == null ? Optional.empty() : Optional.of(inner.toJava(value));
    }
  }

  /// A list.
  record Items(ValueMapping inner) implements ValueMapping {
    @Override
    public Object toAvro(Object value) {
      var items = new ArrayList<@Nullable Object>();
      for (Object item : (List<?>) value) {
        items.add(inner.toAvro(item));
      }
      return items;
    }

    @Override
    public Object toJava(@Nullable Object value) {
      return ((Collection<?>) present(value)).stream().map(inner::toJava).toList();
    }
  }

  /// A map with text keys, written in the order of its keys: the same event gives the same bytes.
  record Entries(ValueMapping inner) implements ValueMapping {
    @Override
    public Object toAvro(Object value) {
      var entries = new TreeMap<String, @Nullable Object>(Comparator.naturalOrder());
      ((Map<?, ?>) value).forEach((key, item) -> entries.put((String) key, inner.toAvro(item)));
      return entries;
    }

    @Override
    public Object toJava(@Nullable Object value) {
      var entries = new HashMap<String, Object>();
      ((Map<?, ?>) present(value)).forEach((k, v) -> entries.put(k.toString(), inner.toJava(v)));
      return entries;
    }
  }

  private static Object present(@Nullable Object value) {
    if (value == null) {
      throw new Malformed("a value is missing");
    }
    return value;
  }
}

package ai.rails.schema;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;

/// Makes instances of any record of the domain, the same ones for the same seed. `java.util.Random`
/// because its sequence is specified.
final class RandomRecords {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-";

  private final Random random;

  RandomRecords(long seed) {
    this.random = new Random(seed);
  }

  <T> T next(Class<T> type) {
    try {
      return type.cast(record(type));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a " + type, e);
    }
  }

  private Object record(Class<?> type) throws ReflectiveOperationException {
    if (type == Money.class) {
      return new Money("EUR", random.nextLong(1L << 40));
    }
    RecordComponent[] components = type.getRecordComponents();
    var types = new Class<?>[components.length];
    var values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(components[i].getGenericType());
    }
    if (type == Decision.class) {
      values[9] = Optional.empty(); // present only with DENY
    }
    Constructor<?> constructor = type.getDeclaredConstructor(types);
    return constructor.newInstance(values);
  }

  private Object value(Type type) throws ReflectiveOperationException {
    if (type instanceof ParameterizedType generic) {
      return collection(generic);
    }
    Class<?> plain = (Class<?>) type;
    if (plain.isRecord()) {
      return record(plain);
    }
    if (plain.isEnum()) {
      Object[] constants = plain.getEnumConstants();
      return constants[random.nextInt(constants.length)];
    }
    return switch (plain.getSimpleName()) {
      case "String" -> text();
      case "int" -> random.nextInt();
      case "long", "Long" -> random.nextLong();
      case "boolean" -> random.nextBoolean();
      case "Instant" -> Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L));
      case "byte[]" -> text().getBytes(StandardCharsets.UTF_8);
      default -> throw new IllegalStateException("no random " + type);
    };
  }

  private Object collection(ParameterizedType type) throws ReflectiveOperationException {
    Type last = type.getActualTypeArguments()[type.getActualTypeArguments().length - 1];
    if (type.getRawType() == Optional.class) {
      return random.nextBoolean() ? Optional.of(value(last)) : Optional.empty();
    }
    int size = random.nextInt(4);
    if (type.getRawType() == List.class) {
      var list = new ArrayList<Object>();
      for (int i = 0; i < size; i++) {
        list.add(value(last));
      }
      return list;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < size; i++) {
      map.put(text(), value(last));
    }
    return map;
  }

  private String text() {
    var text = new StringBuilder("x");
    for (int i = random.nextInt(20); i > 0; i--) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return text.toString();
  }
}

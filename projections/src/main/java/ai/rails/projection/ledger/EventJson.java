package ai.rails.projection.ledger;

import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Headers and events as JSON values: members as the records name them, times in Unix milliseconds
/// like everywhere in this API, absent members left out.
final class EventJson {
  private EventJson() {}

  static Map<String, Object> of(Record event) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (RecordComponent component : event.getClass().getRecordComponents()) {
      Object value = value(event, component);
      if (value instanceof Optional<?> optional) {
        optional.ifPresent(present -> members.put(component.getName(), json(present)));
      } else {
        members.put(component.getName(), json(value));
      }
    }
    return members;
  }

  private static Object json(Object value) {
    return switch (value) {
      case String _, Number _, Boolean _ -> value;
      case Instant time -> time.toEpochMilli();
      case Enum<?> constant -> constant.name();
      case List<?> items -> items.stream().map(EventJson::json).toList();
      case Map<?, ?> map -> {
        Map<String, Object> sorted = new TreeMap<>();
        map.forEach((name, item) -> sorted.put(String.valueOf(name), json(item)));
        yield sorted;
      }
      case Record inner -> of(inner);
      default -> throw new IllegalStateException("events have no members of " + value.getClass());
    };
  }

  private static Object value(Record event, RecordComponent component) {
    try {
      return component.getAccessor().invoke(event);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("events are public records: " + event.getClass(), e);
    }
  }
}

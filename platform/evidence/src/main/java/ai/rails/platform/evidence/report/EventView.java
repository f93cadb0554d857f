package ai.rails.platform.evidence.report;

import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Headers and events as JSON values: members as the records name them, times as UTC text, absent
/// members left out.
final class EventView {
  /// Members that events got later. They are left out while they have their default, so that
  /// documents of bundles from before stay byte for byte.
  private static final Set<String> LATER =
      Set.of(
          "HumanGateRequested.signature",
          "HumanGateRequested.escalations",
          "HumanGateRequested.apart");

  private EventView() {}

  static SortedMap<String, Object> of(Record event) {
    var members = new TreeMap<String, Object>();
    for (RecordComponent component : event.getClass().getRecordComponents()) {
      Object value = value(event, component);
      if (value instanceof Optional<?> optional) {
        optional.ifPresent(present -> members.put(component.getName(), json(present)));
      } else if (!silent(event, component, value)) {
        members.put(component.getName(), json(value));
      }
    }
    return members;
  }

  private static boolean silent(Record event, RecordComponent component, Object value) {
    String member = event.getClass().getSimpleName() + "." + component.getName();
    return LATER.contains(member) && (value.equals(false) || value.equals(List.of()));
  }

  private static Object json(Object value) {
    return switch (value) {
      case String _, Number _, Boolean _ -> value;
      case Instant time -> Written.time(time.toEpochMilli());
      case Enum<?> constant -> constant.name();
      case List<?> items -> items.stream().map(EventView::json).toList();
      case Map<?, ?> map -> {
        var sorted = new TreeMap<String, Object>();
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

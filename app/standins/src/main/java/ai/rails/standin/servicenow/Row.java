package ai.rails.standin.servicenow;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// One record: every column of its table, each a string; an unset column is empty.
record Row(Map<String, String> values) {
  Row {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  String get(String field) {
    return values.getOrDefault(field, "");
  }

  String sysId() {
    return get("sys_id");
  }

  boolean has(String field) {
    return !get(field).isEmpty();
  }

  Row with(Map<String, String> changes) {
    Map<String, String> changed = new TreeMap<>(values);
    changed.putAll(changes);
    return new Row(changed);
  }

  Row with(String field, String value) {
    return with(Map.of(field, value));
  }
}

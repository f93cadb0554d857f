package ai.rails.standin.servicenow;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The rows of the instance. Not thread safe: [ServiceNowStandIn] owns it under its lock.
final class Tables {
  private final Map<String, Map<String, Row>> rows = new HashMap<>();

  Tables() {
    TableSchema.all().forEach(schema -> rows.put(schema.name(), new LinkedHashMap<>()));
  }

  Optional<Row> find(String table, String sysId) {
    return Optional.ofNullable(rows(table).get(sysId));
  }

  Collection<Row> all(String table) {
    return Collections.unmodifiableCollection(rows(table).values());
  }

  void put(String table, Row row) {
    rows(table).put(row.sysId(), row);
  }

  void remove(String table, String sysId) {
    rows(table).remove(sysId);
  }

  /// What a person sees for a stored value: a referenced row's name, a choice's label, else the
  /// value.
  String display(TableSchema schema, String field, String value) {
    String target = schema.references().get(field);
    if (target != null) {
      return TableSchema.named(target)
          .flatMap(other -> find(target, value).map(row -> row.get(other.display())))
          .orElse(value);
    }
    return all("sys_choice").stream()
        .filter(choice ->
            choice.get("name").equals(schema.name()) && choice.get("element").equals(field))
        .filter(choice -> choice.get("value").equals(value))
        .map(choice -> choice.get("label"))
        .findFirst()
        .orElse(value);
  }

  private Map<String, Row> rows(String table) {
    return rows.getOrDefault(table, Map.of());
  }
}

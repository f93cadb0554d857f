package ai.rails.standin.servicenow;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Ids;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;

/// The records and every change to them: each change is on disk in the journal before it shows. Not
/// thread safe: [ServiceNowStandIn] owns it under its lock.
final class Instance {
  static final String EFFECT = "record";

  private final Tables tables = new Tables();
  private final WritebackOracle oracle = new WritebackOracle();
  private final Journal journal;
  private final InstantSource clock;
  private final Ids ids;
  private int lastNumber = 10_000;

  /// Reads the state back from the journal.
  Instance(Journal journal, InstantSource clock, Ids ids) {
    this.journal = journal;
    this.clock = clock;
    this.ids = ids;
    journal.facts(EFFECT).forEach(this::apply);
  }

  Tables tables() {
    return tables;
  }

  WritebackOracle oracle() {
    return oracle;
  }

  /// Puts a record there as an administrator would, without the counters taking it for a write.
  Row seed(TableSchema schema, Map<String, String> values) {
    Row row = fresh(schema, "admin").with(values);
    commit("seed", schema, row, Json.object(), List.of());
    return row;
  }

  Row insert(TableSchema schema, Row written, ObjectNode sent, List<Row> notes) {
    commit("insert", schema, written, sent, notes);
    return written;
  }

  void update(TableSchema schema, Row written, ObjectNode sent, List<Row> notes) {
    commit("update", schema, written, sent, notes);
  }

  void delete(TableSchema schema, Row row) {
    commit("delete", schema, row, Json.object(), List.of());
  }

  /// A new record with its defaults, which nobody sees before it is inserted.
  Row fresh(TableSchema schema, String user) {
    Map<String, String> values = new TreeMap<>();
    schema.fields().forEach(field -> values.put(field, ""));
    String now = IncidentRules.time(clock.instant());
    values.put("sys_id", ids.hex(32));
    values.put("sys_created_on", now);
    values.put("sys_created_by", user);
    values.put("sys_updated_on", now);
    values.put("sys_updated_by", user);
    values.put("sys_mod_count", "0");
    if (schema.name().equals("incident")) {
      values.putAll(IncidentRules.defaults());
      values.put("number", "INC%07d".formatted(lastNumber + 1));
      values.put("opened_at", now);
    }
    return new Row(values);
  }

  /// The journal entry that a note or comment of `row` becomes.
  Row note(Row row, String element, String text, String user) {
    TableSchema notes = TableSchema.named("sys_journal_field").orElseThrow();
    return fresh(notes, user)
        .with(
            Map.of(
                "element_id", row.sysId(), "name", "incident", "element", element, "value", text));
  }

  private void commit(
      String operation, TableSchema schema, Row row, ObjectNode sent, List<Row> notes) {
    ObjectNode facts =
        Json.object()
            .put("operation", operation)
            .put("table", schema.name())
            .put("sys_id", row.sysId())
            .put("by", row.get("sys_updated_by"));
    facts.set("sent", sent);
    facts.set("row", Json.MAPPER.valueToTree(row.values()));
    facts.set("notes", Json.MAPPER.valueToTree(notes.stream().map(Row::values).toList()));
    journal.effect(EFFECT, facts);
    apply(facts);
  }

  private void apply(JsonNode facts) {
    String table = facts.path("table").asText();
    Row row = row(facts.path("row"));
    if (facts.path("operation").asText().equals("delete")) {
      tables.remove(table, row.sysId());
    } else {
      tables.put(table, row);
    }
    facts.path("notes").forEach(note -> tables.put("sys_journal_field", row(note)));
    if (row.get("number").matches("INC\\d{7}")) {
      lastNumber = Math.max(lastNumber, Integer.parseInt(row.get("number").substring(3)));
    }
    oracle.observe(facts);
  }

  private static Row row(JsonNode values) {
    Map<String, String> row = new TreeMap<>();
    values.properties().forEach(each -> row.put(each.getKey(), each.getValue().asText()));
    return new Row(row);
  }

  /// The records of a table that `query` matches, in its order.
  List<Row> select(TableSchema schema, EncodedQuery query) {
    List<Row> rows = new ArrayList<>(tables.all(schema.name()));
    return rows.stream().filter(query.matches()).sorted(query.order()).toList();
  }
}

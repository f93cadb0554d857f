package ai.rails.standin.servicenow;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;

/// Renders rows as the Table API does: strings, references as `{link, value}`, journal columns
/// always empty.
record RecordView(String instanceUrl, Tables tables) {
  ObjectNode render(TableSchema schema, Row row, ViewOptions options) {
    ObjectNode rendered = Json.object();
    for (String field : options.fields().isEmpty() ? row.values().keySet() : options.fields()) {
      if (schema.fields().contains(field)) {
        render(rendered, schema, field, row.get(field), options);
      }
    }
    return rendered;
  }

  String link(String table, String sysId) {
    return instanceUrl + "/api/now/table/" + table + "/" + sysId;
  }

  private void render(
      ObjectNode to, TableSchema schema, String field, String value, ViewOptions options) {
    String shown = tables.display(schema, field, value);
    String target = schema.references().getOrDefault(field, "");
    boolean linked = !target.isEmpty() && !value.isEmpty() && !options.excludeLinks();
    switch (options.display()) {
      case FALSE -> {
        if (linked) {
          to.putObject(field).put("link", link(target, value)).put("value", value);
        } else {
          to.put(field, value);
        }
      }
      case TRUE -> {
        if (linked) {
          to.putObject(field).put("display_value", shown).put("link", link(target, value));
        } else {
          to.put(field, shown);
        }
      }
      case ALL -> {
        ObjectNode both = to.putObject(field).put("display_value", shown).put("value", value);
        if (linked) {
          both.put("link", link(target, value));
        }
      }
    }
  }
}

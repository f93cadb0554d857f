package ai.rails.enclave.gateway;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

/// Checks values against JSON Schemas of manifests. Thread-safe.
final class Schemas {
  private static final int NAMED = 5;

  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  // Of manifests only, so there are few of them.
  private final Map<JsonNode, Schema> compiled = new ConcurrentHashMap<>();

  /// Where a value breaks a manifest's schema, and by which keyword; never the value itself.
  List<String> complaints(JsonNode schema, JsonNode value) {
    return complaints(compiled.computeIfAbsent(schema, registry::getSchema), value);
  }

  /// The same for a schema made for one call.
  List<String> complaintsOnce(JsonNode schema, JsonNode value) {
    return complaints(registry.getSchema(schema), value);
  }

  private static List<String> complaints(Schema schema, JsonNode value) {
    return schema.validate(value).stream()
        .map(each -> each.getKeyword() + " at schema " + each.getEvaluationPath())
        .limit(NAMED)
        .toList();
  }
}

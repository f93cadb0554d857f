package ai.rails.schema;

import java.util.List;

import org.apache.avro.Schema;

import ai.rails.domain.EntryType;
import ai.rails.domain.Header;

/// One kind of event: its Java record, its schema of today and what the ledger calls it. Immutable.
///
/// @param feature the last segment of the event's package
/// @param headerOnly the schema without the members after the header
record EventType(
    Class<?> event,
    String feature,
    EntryType entryType,
    RecordMapping header,
    RecordMapping body,
    Schema headerOnly,
    long fingerprint) {
  static EventType of(Class<?> event, SchemaSet schemas) {
    String packageName = event.getPackageName();
    String feature = packageName.substring(packageName.lastIndexOf('.') + 1);
    Schema schema = schemas.get(feature, event.getSimpleName());
    return new EventType(
        event,
        feature,
        entryType(schema),
        RecordMapping.of(Header.class, schema.getField("header").schema()),
        RecordMapping.of(event, schema, List.of("header")),
        headerOnly(schema),
        AvroBytes.fingerprint(schema));
  }

  /// The header is the first field, so a reader of this schema can stop after it.
  static Schema headerOnly(Schema schema) {
    Schema.Field header = schema.getFields().getFirst();
    return Schema.createRecord(
        schema.getName(),
        null,
        schema.getNamespace(),
        false,
        List.of(new Schema.Field(header.name(), header.schema())));
  }

  private static EntryType entryType(Schema schema) {
    String name = schema.getProp("entryType");
    if (name == null) {
      throw new IllegalStateException(schema.getFullName() + " names no entryType");
    }
    return EntryType.valueOf(name);
  }
}

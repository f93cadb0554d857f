package ai.rails.schema;

import java.util.HashMap;
import java.util.Map;

import org.apache.avro.Schema;

/// One Java record as Avro single-object bytes, readable from every schema it was ever released
/// with. Immutable.
///
/// @param <T> the record
final class SingleObject<T> {
  private final Class<T> type;
  private final RecordMapping mapping;
  private final long fingerprint;
  private final Map<Long, Schema> writers;
  private final int bytesMax;

  private SingleObject(
      Class<T> type, RecordMapping mapping, Map<Long, Schema> writers, int bytesMax) {
    this.type = type;
    this.mapping = mapping;
    this.fingerprint = AvroBytes.fingerprint(mapping.schema());
    this.writers = writers;
    this.bytesMax = bytesMax;
  }

  static <T> SingleObject<T> of(Class<T> type, String feature, int bytesMax) {
    Schema current = SchemaSet.current().get(feature, type.getSimpleName());
    var writers = new HashMap<Long, Schema>();
    writers.put(AvroBytes.fingerprint(current), current);
    for (SchemaSet version : SchemaSet.released()) {
      version
          .find(feature, type.getSimpleName())
          .ifPresent(schema -> writers.put(AvroBytes.fingerprint(schema), schema));
    }
    return new SingleObject<>(type, RecordMapping.of(type, current), Map.copyOf(writers), bytesMax);
  }

  byte[] encode(T value) {
    return AvroBytes.write(mapping.toAvro(value), fingerprint, bytesMax);
  }

  T decode(byte[] bytes) {
    long written = AvroBytes.fingerprint(bytes, bytesMax);
    Schema writer = writers.get(written);
    if (writer == null) {
      throw new Malformed(
          "no released schema of %s has fingerprint %016x; this reader is older than the writer"
              .formatted(type.getSimpleName(), written));
    }
    return type.cast(mapping.toJava(AvroBytes.read(bytes, writer, mapping.schema())));
  }
}

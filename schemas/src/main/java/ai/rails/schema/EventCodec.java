package ai.rails.schema;

import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.access.AccessEvent;
import ai.rails.domain.budget.BudgetEvent;
import ai.rails.domain.connector.ConnectorInstanceEvent;
import ai.rails.domain.ledger.LogEvent;
import ai.rails.domain.policy.PolicyBundleEvent;
import ai.rails.domain.privacy.ErasureEvent;
import ai.rails.domain.privacy.LegalHoldEvent;
import ai.rails.domain.privacy.RetentionEvent;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.runner.RunnerEvent;
import ai.rails.domain.siem.SiemEvent;
import ai.rails.domain.tenant.PersonEvent;
import ai.rails.domain.tenant.TenantEvent;
import ai.rails.domain.worker.WorkerEvent;
import ai.rails.domain.workflow.WorkflowEvent;

/// Events as the bytes that are stored, hashed and published unchanged: Avro single objects of
/// `ai.rails.event.<feature>.<Name>`, the header first.
///
/// The same header and event give the same bytes. Times are cut to milliseconds. Bytes written with
/// any released schema can be read; an unknown fingerprint is an error. Making one reads all
/// schemas, so make one and share it: it is immutable and thread-safe.
public final class EventCodec {
  /// Largest event, in bytes. The input of a policy decision is the only part that can be large.
  public static final int BYTES_MAX = 262_144;

  /// Every kind of event there is; a test finds the one that is missing here.
  public static final List<Class<? extends Event>> FEATURES =
      List.of(
          TenantEvent.class,
          PersonEvent.class,
          WorkflowEvent.class,
          RunEvent.class,
          PolicyBundleEvent.class,
          ConnectorInstanceEvent.class,
          WorkerEvent.class,
          BudgetEvent.class,
          AccessEvent.class,
          ErasureEvent.class,
          LegalHoldEvent.class,
          RetentionEvent.class,
          SiemEvent.class,
          LogEvent.class,
          RunnerEvent.class);

  private final Map<Class<?>, EventType> byClass = new HashMap<>();
  private final Map<Long, Writer> byFingerprint = new HashMap<>();

  public EventCodec() {
    SchemaSet current = SchemaSet.current();
    List<SchemaSet> released = SchemaSet.released();
    for (Class<? extends Event> feature : FEATURES) {
      for (Class<?> event : feature.getPermittedSubclasses()) {
        register(EventType.of(event, current), released);
      }
    }
  }

  /// @throws Malformed if the event is larger than [#BYTES_MAX]
  public byte[] encode(Header header, Event event) {
    EventType type = byClass.get(event.getClass());
    if (type == null) {
      throw new IllegalStateException("%s has no schema".formatted(event.getClass()));
    }
    GenericData.Record datum = type.body().toAvro(event);
    datum.put(0, type.header().toAvro(header));
    return AvroBytes.write(datum, type.fingerprint(), BYTES_MAX);
  }

  /// @throws Malformed if the bytes are no event of a released schema
  public Recorded decode(byte[] bytes) {
    Writer writer = writer(bytes);
    EventType type = writer.type();
    var datum = AvroBytes.read(bytes, writer.schema(), type.body().schema());
    return new Recorded(
        (Header) type.header().toJava(datum.get(0)), (Event) type.body().toJava(datum));
  }

  /// The header alone; the rest is not looked at.
  ///
  /// @throws Malformed if the bytes are no event of a released schema
  public Header header(byte[] bytes) {
    Writer writer = writer(bytes);
    var datum = AvroBytes.readStart(bytes, writer.headerOnly(), writer.type().headerOnly());
    return (Header) writer.type().header().toJava(datum.get(0));
  }

  /// What kind of entry it is, told by its schema; the body is not looked at.
  ///
  /// @throws Malformed if the bytes are no event of a released schema
  public EntryType entryType(byte[] bytes) {
    return writer(bytes).type().entryType();
  }

  /// SHA-256 of the parsing canonical form of the schema that the event was written with.
  ///
  /// @throws Malformed if the bytes are no event of a released schema
  public byte[] schemaFingerprintSha256(byte[] bytes) {
    return writer(bytes).sha256().clone();
  }

  /// The schema that the event was written with, as JSON, whole.
  ///
  /// @throws Malformed if the bytes are no event of a released schema
  public String schemaJson(byte[] bytes) {
    return writer(bytes).schema().toString();
  }

  private void register(EventType type, List<SchemaSet> released) {
    byClass.put(type.event(), type);
    for (SchemaSet version : released) {
      version
          .find(type.feature(), type.event().getSimpleName())
          .ifPresent(schema -> register(schema, type));
    }
    register(type.body().schema(), type);
  }

  private void register(Schema schema, EventType type) {
    byFingerprint.put(AvroBytes.fingerprint(schema), Writer.of(schema, type));
  }

  private Writer writer(byte[] bytes) {
    long fingerprint = AvroBytes.fingerprint(bytes, BYTES_MAX);
    Writer writer = byFingerprint.get(fingerprint);
    if (writer == null) {
      throw new Malformed(
          "no released event schema has fingerprint %016x; this reader is older than the writer"
              .formatted(fingerprint));
    }
    return writer;
  }

  /// A schema that events were written with.
  @SuppressWarnings("ArrayRecordComponent") // private, never changed, never compared
  private record Writer(EventType type, Schema schema, Schema headerOnly, byte[] sha256) {
    static Writer of(Schema schema, EventType type) {
      try {
        return new Writer(
            type,
            schema,
            EventType.headerOnly(schema),
            SchemaNormalization.parsingFingerprint("SHA-256", schema));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("this Java has no SHA-256", e);
      }
    }
  }
}

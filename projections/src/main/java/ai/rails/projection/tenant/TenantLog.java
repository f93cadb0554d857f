package ai.rails.projection.tenant;

import java.util.List;
import java.util.stream.Stream;

import org.jooq.DSLContext;
import org.jooq.Record;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// Entries of a tenant's own log. Those that say what the tenant is are few, so they are read each
/// time.
final class TenantLog {
  private static final int MOST_ENTRIES = 10_000;

  private final EventCodec events;

  TenantLog(EventCodec events) {
    this.events = events;
  }

  /// An entry.
  ///
  /// @param recordedAt milliseconds since 1970
  record Told(Event event, long position, long recordedAt) {}

  /// Those of some types, in their order.
  List<Told> of(DSLContext sql, String tenant, EntryType... types) {
    return sql.selectFrom(ENTRY)
        .where(
            ENTRY.TENANT.eq(tenant),
            ENTRY.WORKSPACE.eq(Header.TENANT_WORKSPACE),
            ENTRY.ENTRY_TYPE.in(Stream.of(types).map(EntryType::name).toList()))
        .orderBy(ENTRY.POSITION)
        .limit(MOST_ENTRIES)
        .fetch(this::told);
  }

  private Told told(Record row) {
    return new Told(
        events.decode(row.get(ENTRY.EVENT)).event(),
        row.get(ENTRY.POSITION),
        row.get(ENTRY.RECORDED_AT));
  }
}

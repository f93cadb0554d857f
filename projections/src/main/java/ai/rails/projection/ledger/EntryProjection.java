package ai.rails.projection.ledger;

import org.jooq.DSLContext;

import ai.rails.domain.Header;
import ai.rails.projection.Entry;
import ai.rails.projection.Projection;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// The ledger itself: every leaf and event, as they came.
public final class EntryProjection implements Projection {
  @Override
  public void fold(DSLContext sql, Entry entry) {
    Header header = entry.header();
    sql.insertInto(ENTRY)
        .set(ENTRY.TENANT, header.tenant())
        .set(ENTRY.WORKSPACE, header.workspace())
        .set(ENTRY.POSITION, entry.position())
        .set(ENTRY.ENTRY_TYPE, entry.event().entryType().name())
        .set(ENTRY.EVENT_ID, header.eventId())
        .set(ENTRY.STREAM_TYPE, header.streamType())
        .set(ENTRY.STREAM_ID, header.streamId())
        .set(ENTRY.ACTOR_KIND, header.actor().kind().name())
        .set(ENTRY.ACTOR_ID, header.actor().id())
        .set(ENTRY.RUN, header.run().orElse(null))
        .set(ENTRY.WORKFLOW, header.workflow().orElse(null))
        .set(ENTRY.TRACEPARENT, header.traceparent().orElse(null))
        .set(ENTRY.RECORDED_AT, entry.recordedAt())
        .set(ENTRY.LEAF, entry.leaf())
        .set(ENTRY.EVENT, entry.bytes())
        .execute();
  }
}

package ai.rails.projection.ledger;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Record2;

import ai.rails.domain.EntryType;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Sha256;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.projection.Filter;
import ai.rails.projection.Page;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;

import static ai.rails.projection.jooq.generated.Tables.ABANDONED_ENTRY;
import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// Ledger entries, decoded. They are metadata by construction.
public final class EntryQueries {
  private static final int MOST_TYPES = 16;

  private final EventCodec events;

  public EntryQueries(EventCodec events) {
    this.events = events;
  }

  /// An entry for an event stream.
  public record Shown(long position, EntryType type, String json) {}

  public Object ofRun(DSLContext sql, Request request, String tenant, String run) {
    return page(sql, request, ENTRY.TENANT.eq(tenant).and(ENTRY.RUN.eq(run)));
  }

  Object ofWorkspace(DSLContext sql, Request request, String tenant, String workspace) {
    Condition where = ENTRY.TENANT.eq(tenant).and(ENTRY.WORKSPACE.eq(workspace));
    Optional<String> types = Filter.query(request, "types");
    if (types.isPresent()) {
      where = where.and(ENTRY.ENTRY_TYPE.in(List.of(types.get().split(",", MOST_TYPES))));
    }
    Optional<String> hash = Filter.query(request, "hash").map(LeafHash::beginning);
    if (hash.isPresent()) {
      where = where.and(LeafHash.ofEntry(hash.get()));
    }
    return request.query("newestFirst").filter("true"::equals).isPresent()
        ? newestFirst(sql, request, where)
        : page(sql, request, where);
  }

  private Object newestFirst(DSLContext sql, Request request, Condition where) {
    Page page = Page.asked(request, 1);
    long before = page.after().map(cursor -> cursor.number(0)).orElse(Long.MAX_VALUE);
    return page.of(
        sql.selectFrom(ENTRY)
            .where(where, ENTRY.POSITION.lt(before))
            .orderBy(ENTRY.POSITION.desc())
            .limit(page.fetch())
            .fetch(this::shown),
        "position");
  }

  private Object page(DSLContext sql, Request request, Condition where) {
    Page page = Page.asked(request, 1);
    long after = page.after().map(cursor -> cursor.number(0)).orElse(0L);
    return page.of(
        sql.selectFrom(ENTRY)
            .where(where, ENTRY.POSITION.gt(after))
            .orderBy(ENTRY.POSITION)
            .limit(page.fetch())
            .fetch(this::shown),
        "position");
  }

  private Map<String, Object> shown(Record row) {
    return shown(row.get(ENTRY.POSITION), row.get(ENTRY.LEAF), row.get(ENTRY.EVENT));
  }

  private Map<String, Object> shown(long position, byte[] leaf, byte[] event) {
    Recorded recorded = events.decode(event);
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("position", position);
    out.put("entryType", recorded.event().entryType().name());
    out.put("recordedAt", Leaf.parse(leaf).time());
    out.put("leafHash", Sha256.ofLeaf(leaf));
    out.put("header", EventJson.of(recorded.header()));
    out.put("event", EventJson.of((java.lang.Record) recorded.event()));
    return out;
  }

  /// A run's entries after a position. A run lives in one workspace, so positions order them.
  public List<Shown> after(DSLContext sql, String tenant, String run, long position, int limit) {
    return sql.selectFrom(ENTRY)
        .where(ENTRY.TENANT.eq(tenant), ENTRY.RUN.eq(run), ENTRY.POSITION.gt(position))
        .orderBy(ENTRY.POSITION)
        .limit(limit)
        .fetch(row ->
            new Shown(
                row.get(ENTRY.POSITION),
                EntryType.valueOf(row.get(ENTRY.ENTRY_TYPE)),
                new String(Json.write(shown(row)), StandardCharsets.UTF_8)));
  }

  /// @param epoch that is asked for; without it whatever the views follow
  /// @throws Problem with 404 if that epoch's log has no such entry
  Object leaf(
      DSLContext sql, String tenant, String workspace, long position, Optional<Integer> epoch) {
    Optional<Record2<byte[], byte[]>> current =
        sql.select(ENTRY.LEAF, ENTRY.EVENT)
            .from(ENTRY)
            .where(
                ENTRY.TENANT.eq(tenant), ENTRY.WORKSPACE.eq(workspace), ENTRY.POSITION.eq(position))
            .fetchOptional()
            .filter(row -> epoch.isEmpty() || epoch.equals(epoch(row.value1())));
    return current
        .or(() -> epoch.flatMap(e -> abandoned(sql, tenant, workspace, position, e)))
        .map(row -> {
          Map<String, Object> out = shown(position, row.value1(), row.value2());
          out.put("leaf", new String(row.value1(), StandardCharsets.UTF_8));
          out.put("eventBytes", HexFormat.of().formatHex(row.value2()));
          return out;
        })
        .orElseThrow(() -> Problem.notFound("ledger entry " + position));
  }

  private static Optional<Integer> epoch(byte[] leaf) {
    return Origin.parse(Leaf.parse(leaf).log()).map(Origin::epoch);
  }

  /// Leaf and event as they were: the store may have another one in that place by now.
  private static Optional<Record2<byte[], byte[]>> abandoned(
      DSLContext sql, String tenant, String workspace, long position, int epoch) {
    return sql.select(ABANDONED_ENTRY.LEAF, ABANDONED_ENTRY.EVENT)
        .from(ABANDONED_ENTRY)
        .where(
            ABANDONED_ENTRY.TENANT.eq(tenant),
            ABANDONED_ENTRY.WORKSPACE.eq(workspace),
            ABANDONED_ENTRY.EPOCH.eq(epoch),
            ABANDONED_ENTRY.POSITION.eq(position))
        .fetchOptional();
  }
}

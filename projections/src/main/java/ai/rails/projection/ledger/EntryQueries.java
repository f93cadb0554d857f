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

import ai.rails.domain.EntryType;
import ai.rails.domain.ledger.Sha256;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.projection.Filter;
import ai.rails.projection.Page;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;

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
    Recorded recorded = events.decode(row.get(ENTRY.EVENT));
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("position", row.get(ENTRY.POSITION));
    out.put("entryType", row.get(ENTRY.ENTRY_TYPE));
    out.put("recordedAt", row.get(ENTRY.RECORDED_AT));
    out.put("leafHash", Sha256.ofLeaf(row.get(ENTRY.LEAF)));
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

  Object leaf(DSLContext sql, String tenant, String workspace, long position) {
    return sql.selectFrom(ENTRY)
        .where(ENTRY.TENANT.eq(tenant), ENTRY.WORKSPACE.eq(workspace), ENTRY.POSITION.eq(position))
        .fetchOptional(row -> {
          Map<String, Object> out = shown(row);
          out.put("leaf", new String(row.get(ENTRY.LEAF), StandardCharsets.UTF_8));
          out.put("eventBytes", HexFormat.of().formatHex(row.get(ENTRY.EVENT)));
          return out;
        })
        .orElseThrow(() -> Problem.notFound("ledger entry " + position));
  }
}

package ai.rails.projection.privacy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jooq.DSLContext;
import org.jooq.Record;

import ai.rails.domain.EntryType;
import ai.rails.domain.Header;
import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldPlaced;
import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldReleased;
import ai.rails.domain.privacy.Retention;
import ai.rails.domain.privacy.RetentionEvent.RetentionSet;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.feed.Views;
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// `GET /v1/holds` and `GET /v1/tenants/{tenant}/retention`. Both are acts in the tenant's own log,
/// which is short, so it is read each time.
public final class PrivacyApi {
  private static final int MOST_ENTRIES = 10_000;

  private final Views views;
  private final EventCodec events;

  public PrivacyApi(Views views, EventCodec events) {
    this.views = views;
    this.events = events;
  }

  public List<Route> routes() {
    return List.of(
        get("/v1/holds", r -> views.answer(r, sql -> holds(sql, r))),
        get("/v1/tenants/{tenant}/retention", r -> views.answer(r, sql -> retention(sql, r))));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  private Map<String, Object> holds(DSLContext sql, Request request) {
    Map<String, Map<String, Object>> standing = new LinkedHashMap<>();
    sql.selectFrom(ENTRY)
        .where(
            ENTRY.TENANT.eq(request.principal().tenant()),
            ENTRY.WORKSPACE.eq(Header.TENANT_WORKSPACE),
            ENTRY.ENTRY_TYPE.in(
                EntryType.LEGAL_HOLD_PLACED.name(), EntryType.LEGAL_HOLD_RELEASED.name()))
        .orderBy(ENTRY.POSITION)
        .limit(MOST_ENTRIES)
        .forEach(row -> fold(row, standing));
    return Map.of("items", List.copyOf(standing.values()));
  }

  private void fold(Record row, Map<String, Map<String, Object>> standing) {
    switch (events.decode(row.get(ENTRY.EVENT)).event()) {
      case LegalHoldPlaced placed -> {
        Map<String, Object> hold = new LinkedHashMap<>();
        hold.put("hold", placed.hold());
        hold.put("scope", placed.scope());
        hold.put("target", placed.target());
        hold.put("reason", placed.reason());
        hold.put("by", row.get(ENTRY.ACTOR_ID));
        hold.put("placedAt", row.get(ENTRY.RECORDED_AT));
        hold.put("position", row.get(ENTRY.POSITION));
        standing.put(placed.hold(), hold);
      }
      case LegalHoldReleased released -> standing.remove(released.hold());
      default -> throw new IllegalStateException("no other entry was asked for");
    }
  }

  private Map<String, Object> retention(DSLContext sql, Request request) {
    String tenant = request.principal().tenant();
    if (!Filter.path(request, "tenant").equals(tenant)) {
      throw Problem.notFound("the tenant");
    }
    return sql.selectFrom(ENTRY)
        .where(
            ENTRY.TENANT.eq(tenant),
            ENTRY.WORKSPACE.eq(Header.TENANT_WORKSPACE),
            ENTRY.ENTRY_TYPE.eq(EntryType.RETENTION_SET.name()))
        .orderBy(ENTRY.POSITION.desc())
        .limit(1)
        .fetchOptional(row -> {
          if (events.decode(row.get(ENTRY.EVENT)).event() instanceof RetentionSet set) {
            Map<String, Object> out =
                periods(tenant, new Retention(set.contentDays(), set.traceDays(), set.auditDays()));
            out.put("setAt", row.get(ENTRY.RECORDED_AT));
            out.put("position", row.get(ENTRY.POSITION));
            return out;
          }
          throw new IllegalStateException("no other entry was asked for");
        })
        .orElseGet(() -> periods(tenant, Retention.DEFAULT));
  }

  private static Map<String, Object> periods(String tenant, Retention retention) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("tenant", tenant);
    out.put("contentDays", retention.contentDays());
    out.put("traceDays", retention.traceDays());
    out.put("auditDays", retention.auditDays());
    return out;
  }
}

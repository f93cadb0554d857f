package ai.rails.projection.connector;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Cursor;
import ai.rails.projection.feed.Views;

import static ai.rails.projection.jooq.generated.Tables.CALL;

/// `GET /v1/calls`: what was let out and what became of it.
public final class CallApi {
  private final Views views;

  public CallApi(Views views) {
    this.views = views;
  }

  public List<Route> routes() {
    Handler list = r -> views.answer(r, sql -> list(sql, r));
    return List.of(new Route("GET", "/v1/calls", Label.EVENTUAL, Access.anyRole(), list));
  }

  private static Object list(DSLContext sql, Request request) {
    int limit = request.query("limit", 50, 1, 200);
    Condition where = CALL.TENANT.eq(request.principal().tenant());
    where = request.query("run").map(CALL.RUN::eq).map(where::and).orElse(where);
    where = request.query("outcome").map(CALL.OUTCOME::eq).map(where::and).orElse(where);
    Optional<Cursor> cursor = Cursor.read(request.query("cursor"), 1);
    if (cursor.isPresent()) {
      where = where.and(CALL.CALL_ID.gt(cursor.get().key().getFirst()));
    }
    List<Map<String, Object>> items =
        new java.util.ArrayList<>(
            sql.selectFrom(CALL)
                .where(where)
                .orderBy(CALL.CALL_ID)
                .limit(limit + 1)
                .fetch(CallApi::shown));
    if (items.size() <= limit) {
      return Views.page(items, Optional.empty());
    }
    items.removeLast();
    return Views.page(items, Optional.of(Cursor.of(String.valueOf(items.getLast().get("callId")))));
  }

  private static Map<String, Object> shown(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("callId", row.get(CALL.CALL_ID));
    out.put("run", row.get(CALL.RUN));
    out.put("step", row.get(CALL.STEP));
    out.put("tool", row.get(CALL.TOOL));
    out.put("action", row.get(CALL.ACTION));
    out.put("host", row.get(CALL.HOST));
    out.put("class", row.get(CALL.IDEMPOTENCY_CLASS));
    out.put("callDigest", row.get(CALL.CALL_DIGEST));
    out.put("epoch", row.get(CALL.EPOCH));
    out.put("intendedAt", row.get(CALL.INTENDED_AT));
    Optional.ofNullable(row.get(CALL.OUTCOME))
        .ifPresent(outcome -> {
          out.put("outcome", outcome);
          out.put("code", row.get(CALL.CODE));
          out.put("httpStatus", row.get(CALL.HTTP_STATUS));
          out.put("vendorRef", row.get(CALL.VENDOR_REF));
          out.put("requests", row.get(CALL.REQUESTS));
          out.put("verified", row.get(CALL.VERIFIED));
          out.put("adopted", row.get(CALL.ADOPTED));
          out.put("executedAt", row.get(CALL.EXECUTED_AT));
        });
    out.put("position", row.get(CALL.POSITION));
    return out;
  }
}

package ai.rails.projection.connector;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.Page;
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

  /// In the order of call ids, the one thing about a call that never changes.
  private static Object list(DSLContext sql, Request request) {
    Page page = Page.asked(request, 1);
    Condition where = CALL.TENANT.eq(request.principal().tenant());
    where = Filter.by(where, request, "workspace", CALL.WORKSPACE);
    where = Filter.by(where, request, "run", CALL.RUN);
    where = Filter.by(where, request, "outcome", CALL.OUTCOME);
    if (page.after().isPresent()) {
      where = where.and(CALL.CALL_ID.gt(page.after().get().text(0)));
    }
    return page.of(
        sql.selectFrom(CALL)
            .where(where)
            .orderBy(CALL.CALL_ID)
            .limit(page.fetch())
            .fetch(CallApi::shown),
        "callId");
  }

  private static Map<String, Object> shown(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("callId", row.get(CALL.CALL_ID));
    out.put("workspace", row.get(CALL.WORKSPACE));
    out.put("run", row.get(CALL.RUN));
    out.put("step", row.get(CALL.STEP));
    out.put("tool", row.get(CALL.TOOL));
    out.put("action", row.get(CALL.ACTION));
    out.put("host", row.get(CALL.HOST));
    out.put("class", row.get(CALL.IDEMPOTENCY_CLASS));
    out.put("callDigest", row.get(CALL.CALL_DIGEST));
    out.put("epoch", row.get(CALL.EPOCH));
    out.put("intendedAt", row.get(CALL.INTENDED_AT));
    if (row.get(CALL.OUTCOME) != null) {
      out.put("outcome", row.get(CALL.OUTCOME));
    }
    if (row.get(CALL.EXECUTED_AT) != null) {
      out.put("code", row.get(CALL.CODE));
      out.put("httpStatus", row.get(CALL.HTTP_STATUS));
      out.put("vendorRef", row.get(CALL.VENDOR_REF));
      out.put("requests", row.get(CALL.REQUESTS));
      out.put("verified", row.get(CALL.VERIFIED));
      out.put("adopted", row.get(CALL.ADOPTED));
      out.put("executedAt", row.get(CALL.EXECUTED_AT));
    }
    out.put("position", row.get(CALL.POSITION));
    return out;
  }
}

package ai.rails.projection.gate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Cursor;
import ai.rails.projection.feed.Views;

import static ai.rails.projection.jooq.generated.Tables.GATE;
import static ai.rails.projection.jooq.generated.Tables.GATE_VOTE;

/// `GET /v1/gates`: the approval inbox, the nearest deadline first.
public final class GateApi {
  private final Views views;

  public GateApi(Views views) {
    this.views = views;
  }

  public List<Route> routes() {
    return List.of(
        get("/v1/gates", r -> views.answer(r, sql -> list(sql, r))),
        get(
            "/v1/runs/{run}/gates/{gate}",
            r ->
                views.answer(
                    r, sql -> one(sql, r.principal().tenant(), r.path("run"), r.path("gate")))));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  private static Object list(DSLContext sql, Request request) {
    int limit = request.query("limit", 50, 1, 200);
    Condition where = GATE.TENANT.eq(request.principal().tenant());
    where = where.and(GATE.STATE.eq(request.query("state").orElse("OPEN")));
    where = request.query("workspace").map(GATE.WORKSPACE::eq).map(where::and).orElse(where);
    Optional<Cursor> cursor = Cursor.read(request.query("cursor"), 3);
    if (cursor.isPresent()) {
      where =
          where.and(
              org.jooq
                  .impl
                  .DSL
                  .row(GATE.EXPIRES_AT, GATE.RUN, GATE.GATE_)
                  .gt(
                      cursor.get().number(0),
                      cursor.get().key().get(1),
                      cursor.get().key().get(2)));
    }
    List<Map<String, Object>> items =
        new java.util.ArrayList<>(
            sql.selectFrom(GATE)
                .where(where)
                .orderBy(GATE.EXPIRES_AT, GATE.RUN, GATE.GATE_)
                .limit(limit + 1)
                .fetch(GateApi::shown));
    if (items.size() <= limit) {
      return Views.page(items, Optional.empty());
    }
    items.removeLast();
    Map<String, Object> last = items.getLast();
    return Views.page(
        items,
        Optional.of(
            Cursor.of(
                String.valueOf(last.get("expiresAt")),
                String.valueOf(last.get("run")),
                String.valueOf(last.get("gate")))));
  }

  private static Map<String, Object> shown(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("run", row.get(GATE.RUN));
    out.put("gate", row.get(GATE.GATE_));
    out.put("workspace", row.get(GATE.WORKSPACE));
    out.put("workflow", row.get(GATE.WORKFLOW));
    out.put("forStep", row.get(GATE.FOR_STEP));
    out.put("callId", row.get(GATE.CALL_ID));
    out.put("callDigest", row.get(GATE.CALL_DIGEST));
    out.put("role", row.get(GATE.ROLE));
    out.put("quorum", row.get(GATE.QUORUM));
    out.put("requester", row.get(GATE.REQUESTER));
    out.put("author", row.get(GATE.AUTHOR));
    out.put("display", json(row.get(GATE.DISPLAY)));
    out.put("reasons", json(row.get(GATE.REASONS)));
    out.put("state", row.get(GATE.STATE));
    out.put("requestedAt", row.get(GATE.REQUESTED_AT));
    out.put("expiresAt", row.get(GATE.EXPIRES_AT));
    return out;
  }

  private static Object json(String text) {
    return Json.tree(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static Object one(DSLContext sql, String tenant, String run, String gate) {
    Map<String, Object> out =
        sql.selectFrom(GATE)
            .where(GATE.TENANT.eq(tenant), GATE.RUN.eq(run), GATE.GATE_.eq(gate))
            .fetchOptional(GateApi::shown)
            .orElseThrow(() -> Problem.notFound("gate " + gate));
    out.put(
        "decisions",
        sql.selectFrom(GATE_VOTE)
            .where(GATE_VOTE.TENANT.eq(tenant), GATE_VOTE.RUN.eq(run), GATE_VOTE.GATE.eq(gate))
            .orderBy(GATE_VOTE.POSITION)
            .fetch(row ->
                Map.of(
                    "approver",
                    row.get(GATE_VOTE.APPROVER),
                    "verdict",
                    row.get(GATE_VOTE.VERDICT),
                    "channel",
                    row.get(GATE_VOTE.CHANNEL),
                    "decidedAt",
                    row.get(GATE_VOTE.DECIDED_AT),
                    "position",
                    row.get(GATE_VOTE.POSITION))));
    return out;
  }
}

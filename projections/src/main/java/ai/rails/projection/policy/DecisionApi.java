package ai.rails.projection.policy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Cursor;
import ai.rails.projection.feed.Views;

import static ai.rails.projection.jooq.generated.Tables.DECISION;

/// `GET /v1/decisions`: what policy said, and about which input.
public final class DecisionApi {
  private final Views views;

  public DecisionApi(Views views) {
    this.views = views;
  }

  public List<Route> routes() {
    Handler list = r -> views.answer(r, sql -> list(sql, r));
    return List.of(new Route("GET", "/v1/decisions", Label.EVENTUAL, Access.anyRole(), list));
  }

  private static Object list(DSLContext sql, Request request) {
    int limit = request.query("limit", 50, 1, 200);
    Condition where = DECISION.TENANT.eq(request.principal().tenant());
    where = request.query("run").map(DECISION.RUN::eq).map(where::and).orElse(where);
    where = request.query("effect").map(DECISION.EFFECT::eq).map(where::and).orElse(where);
    Optional<Cursor> cursor = Cursor.read(request.query("cursor"), 1);
    if (cursor.isPresent()) {
      where = where.and(DECISION.DECISION_ID.lt(cursor.get().key().getFirst()));
    }
    List<Map<String, Object>> items =
        new ArrayList<>(
            sql.selectFrom(DECISION)
                .where(where)
                .orderBy(DECISION.DECISION_ID.desc())
                .limit(limit + 1)
                .fetch(DecisionApi::shown));
    if (items.size() <= limit) {
      return Views.page(items, Optional.empty());
    }
    items.removeLast();
    return Views.page(
        items, Optional.of(Cursor.of(String.valueOf(items.getLast().get("decisionId")))));
  }

  private static Map<String, Object> shown(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("decisionId", row.get(DECISION.DECISION_ID));
    out.put("run", row.get(DECISION.RUN));
    out.put("step", row.get(DECISION.STEP));
    out.put("callId", row.get(DECISION.CALL_ID));
    out.put("effect", row.get(DECISION.EFFECT));
    out.put("reasons", json(row.get(DECISION.REASONS)));
    Optional.ofNullable(row.get(DECISION.UNAVAILABLE))
        .ifPresent(code -> out.put("unavailable", code));
    out.put("revisions", json(row.get(DECISION.REVISIONS)));
    out.put("input", json(row.get(DECISION.INPUT)));
    out.put("inputSha256", row.get(DECISION.INPUT_SHA256));
    out.put("decidedAt", row.get(DECISION.DECIDED_AT));
    out.put("position", row.get(DECISION.POSITION));
    return out;
  }

  private static Object json(String text) {
    return Json.tree(text.getBytes(StandardCharsets.UTF_8));
  }
}

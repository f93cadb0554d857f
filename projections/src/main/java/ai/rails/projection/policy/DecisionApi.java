package ai.rails.projection.policy;

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
import ai.rails.projection.Filter;
import ai.rails.projection.JsonText;
import ai.rails.projection.Page;
import ai.rails.projection.feed.Views;

import static ai.rails.projection.jooq.generated.Tables.DECISION;
import static ai.rails.projection.jooq.generated.Tables.RUN;

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

  /// The latest first: decision ids begin with their time.
  private static Object list(DSLContext sql, Request request) {
    Page page = Page.asked(request, 1);
    Condition where = DECISION.TENANT.eq(request.principal().tenant());
    where = Filter.by(where, request, "workspace", DECISION.WORKSPACE);
    where = Filter.by(where, request, "run", DECISION.RUN);
    where = Filter.by(where, request, "effect", DECISION.EFFECT);
    if (page.after().isPresent()) {
      where = where.and(DECISION.DECISION_ID.lt(page.after().get().text(0)));
    }
    return page.of(
        sql.select(DECISION.fields())
            .select(RUN.EXTERNAL_ID)
            .from(DECISION)
            .leftJoin(RUN)
            .on(RUN.TENANT.eq(DECISION.TENANT), RUN.RUN_.eq(DECISION.RUN))
            .where(where)
            .orderBy(DECISION.DECISION_ID.desc())
            .limit(page.fetch())
            .fetch(DecisionApi::shown),
        "decisionId");
  }

  /// The input is given as the text that was hashed.
  private static Map<String, Object> shown(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("decisionId", row.get(DECISION.DECISION_ID));
    out.put("workspace", row.get(DECISION.WORKSPACE));
    out.put("run", row.get(DECISION.RUN));
    out.put("externalId", Optional.ofNullable(row.get(RUN.EXTERNAL_ID)).orElse(""));
    out.put("step", row.get(DECISION.STEP));
    out.put("callId", row.get(DECISION.CALL_ID));
    out.put("effect", row.get(DECISION.EFFECT));
    out.put("reasons", JsonText.tree(row.get(DECISION.REASONS)));
    Optional.ofNullable(row.get(DECISION.UNAVAILABLE))
        .ifPresent(code -> out.put("unavailable", code));
    out.put("revisions", JsonText.tree(row.get(DECISION.REVISIONS)));
    out.put("input", row.get(DECISION.INPUT));
    out.put("inputSha256", row.get(DECISION.INPUT_SHA256));
    out.put("decidedAt", row.get(DECISION.DECIDED_AT));
    out.put("position", row.get(DECISION.POSITION));
    return out;
  }
}

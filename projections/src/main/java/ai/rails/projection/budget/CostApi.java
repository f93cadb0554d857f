package ai.rails.projection.budget;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Cursor;
import ai.rails.projection.feed.Views;

import static ai.rails.projection.jooq.generated.Tables.COST;
import static ai.rails.projection.jooq.generated.Tables.MODEL_USE;
import static ai.rails.projection.jooq.generated.Tables.RUN;

/// `GET /v1/costs`: what a ticket cost, and the usage behind it.
public final class CostApi {
  private final Views views;

  public CostApi(Views views) {
    this.views = views;
  }

  public List<Route> routes() {
    return List.of(
        get("/v1/costs", r -> views.answer(r, sql -> total(sql, r))),
        get("/v1/costs/runs", r -> views.answer(r, sql -> byRun(sql, r))),
        get("/v1/costs/runs/{run}/usage", r -> views.answer(r, sql -> usage(sql, r))));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  private static Object total(DSLContext sql, Request request) {
    Condition where = COST.TENANT.eq(request.principal().tenant());
    where = request.query("workspace").map(COST.WORKSPACE::eq).map(where::and).orElse(where);
    return Map.of("total", Costs.sum(sql, where));
  }

  private static Object byRun(DSLContext sql, Request request) {
    int limit = request.query("limit", 50, 1, 200);
    Condition where = COST.TENANT.eq(request.principal().tenant());
    where = request.query("workspace").map(COST.WORKSPACE::eq).map(where::and).orElse(where);
    Optional<Cursor> cursor = Cursor.read(request.query("cursor"), 1);
    if (cursor.isPresent()) {
      where = where.and(COST.RUN.gt(cursor.get().key().getFirst()));
    }
    List<Map<String, Object>> items =
        new java.util.ArrayList<>(
            sql.select(
                    COST.RUN,
                    RUN.EXTERNAL_ID,
                    COST.CURRENCY,
                    DSL.sum(COST.NANOS),
                    DSL.max(COST.PRICE_TABLE))
                .from(COST)
                .join(RUN)
                .on(RUN.TENANT.eq(COST.TENANT), RUN.RUN_.eq(COST.RUN))
                .where(where)
                .groupBy(COST.RUN, RUN.EXTERNAL_ID, COST.CURRENCY)
                .orderBy(COST.RUN, COST.CURRENCY)
                .limit(limit + 1)
                .fetch(row -> {
                  Map<String, Object> out = new LinkedHashMap<>();
                  out.put("run", row.value1());
                  out.put("externalId", row.value2());
                  out.put("currency", row.value3());
                  out.put("nanos", row.value4().longValueExact());
                  out.put("priceTable", row.value5());
                  return out;
                }));
    if (items.size() <= limit) {
      return Views.page(items, Optional.empty());
    }
    items.removeLast();
    return Views.page(items, Optional.of(Cursor.of(String.valueOf(items.getLast().get("run")))));
  }

  private static Object usage(DSLContext sql, Request request) {
    return Map.of(
        "items",
        sql.selectFrom(MODEL_USE)
            .where(
                MODEL_USE.TENANT.eq(request.principal().tenant()),
                MODEL_USE.RUN.eq(request.path("run")))
            .orderBy(MODEL_USE.POSITION)
            .fetch(CostApi::used));
  }

  private static Map<String, Object> used(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("step", row.get(MODEL_USE.STEP));
    out.put("provider", row.get(MODEL_USE.PROVIDER));
    out.put("model", row.get(MODEL_USE.MODEL));
    out.put("responseModel", row.get(MODEL_USE.RESPONSE_MODEL));
    out.put("inputTokens", row.get(MODEL_USE.INPUT_TOKENS));
    out.put("cachedInputTokens", row.get(MODEL_USE.CACHED_INPUT_TOKENS));
    out.put("outputTokens", row.get(MODEL_USE.OUTPUT_TOKENS));
    out.put("currency", row.get(MODEL_USE.CURRENCY));
    out.put("nanos", row.get(MODEL_USE.NANOS));
    out.put("priceTable", row.get(MODEL_USE.PRICE_TABLE));
    return out;
  }
}

package ai.rails.projection.budget;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.impl.DSL;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Cursor;
import ai.rails.projection.Filter;
import ai.rails.projection.Page;
import ai.rails.projection.feed.Views;

import static ai.rails.projection.jooq.generated.Tables.COST;
import static ai.rails.projection.jooq.generated.Tables.MODEL_USE;
import static ai.rails.projection.jooq.generated.Tables.RUN;

/// `GET /v1/costs`: what a ticket cost, and the usage behind it.
public final class CostApi {
  private static final int MOST_MODELS = 500;

  private final Views views;

  public CostApi(Views views) {
    this.views = views;
  }

  public List<Route> routes() {
    return List.of(
        get("/v1/costs", r -> views.answer(r, sql -> total(sql, r))),
        get("/v1/costs/models", r -> views.answer(r, sql -> byModel(sql, r))),
        get("/v1/costs/runs", r -> views.answer(r, sql -> byRun(sql, r))),
        get("/v1/costs/runs/{run}/usage", r -> views.answer(r, sql -> usage(sql, r))));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  private static Object total(DSLContext sql, Request request) {
    Condition where = COST.TENANT.eq(request.principal().tenant());
    where = Filter.by(where, request, "workspace", COST.WORKSPACE);
    where = since(where, request, COST.SETTLED_AT);
    return Map.of("total", Costs.sum(sql, where), "gpuMillis", Costs.gpuMillis(sql, where));
  }

  /// One item for each run and currency.
  private static Object byRun(DSLContext sql, Request request) {
    Page page = Page.asked(request, 2);
    Condition where = COST.TENANT.eq(request.principal().tenant());
    where = Filter.by(where, request, "workspace", COST.WORKSPACE);
    if (page.after().isPresent()) {
      Cursor after = page.after().get();
      where = where.and(DSL.row(COST.RUN, COST.CURRENCY).gt(after.text(0), after.text(1)));
    }
    return page.of(
        sql.select(
                COST.RUN,
                COST.CURRENCY,
                RUN.EXTERNAL_ID,
                DSL.sum(COST.NANOS),
                DSL.sum(COST.GPU_MILLIS))
            .from(COST)
            .join(RUN)
            .on(RUN.TENANT.eq(COST.TENANT), RUN.RUN_.eq(COST.RUN))
            .where(where)
            .groupBy(COST.RUN, COST.CURRENCY, RUN.EXTERNAL_ID)
            .orderBy(COST.RUN, COST.CURRENCY)
            .limit(page.fetch())
            .fetch(row -> {
              Map<String, Object> out = new LinkedHashMap<>();
              out.put("run", row.value1());
              out.put("externalId", row.value3());
              out.put("currency", row.value2());
              out.put("nanos", row.value4().longValueExact());
              out.put("gpuMillis", row.value5().longValueExact());
              return out;
            }),
        "run",
        "currency");
  }

  /// One item for each workflow, step and model that was asked, the dearest ones first.
  private static Object byModel(DSLContext sql, Request request) {
    Condition where = RUN.TENANT.eq(request.principal().tenant());
    where = Filter.by(where, request, "workspace", RUN.WORKSPACE);
    where = since(where, request, RUN.STARTED_AT);
    var nanos = DSL.sum(MODEL_USE.NANOS);
    var asked = DSL.count();
    var in = DSL.sum(MODEL_USE.INPUT_TOKENS);
    var out = DSL.sum(MODEL_USE.OUTPUT_TOKENS);
    return Map.of(
        "items",
        sql.select(
                RUN.WORKFLOW,
                MODEL_USE.STEP,
                MODEL_USE.PROVIDER,
                MODEL_USE.MODEL,
                MODEL_USE.CURRENCY,
                nanos,
                asked,
                in,
                out)
            .from(MODEL_USE)
            .join(RUN)
            .on(RUN.TENANT.eq(MODEL_USE.TENANT), RUN.RUN_.eq(MODEL_USE.RUN))
            .where(where)
            .groupBy(
                RUN.WORKFLOW,
                MODEL_USE.STEP,
                MODEL_USE.PROVIDER,
                MODEL_USE.MODEL,
                MODEL_USE.CURRENCY)
            .orderBy(nanos.desc(), RUN.WORKFLOW, MODEL_USE.STEP)
            .limit(MOST_MODELS)
            .fetch(row -> {
              Map<String, Object> item = new LinkedHashMap<>();
              item.put("workflow", row.get(RUN.WORKFLOW));
              item.put("step", row.get(MODEL_USE.STEP));
              item.put("provider", row.get(MODEL_USE.PROVIDER));
              item.put("model", row.get(MODEL_USE.MODEL));
              item.put("currency", row.get(MODEL_USE.CURRENCY));
              item.put("nanos", row.get(nanos).longValueExact());
              item.put("calls", row.get(asked));
              item.put("inputTokens", row.get(in).longValueExact());
              item.put("outputTokens", row.get(out).longValueExact());
              return item;
            }));
  }

  private static Condition since(Condition where, Request request, Field<Long> time) {
    return Filter.query(request, "since")
        .map(text -> where.and(time.ge(Filter.position("since", text))))
        .orElse(where);
  }

  private static Object usage(DSLContext sql, Request request) {
    Page page = Page.asked(request, 1);
    long after = page.after().map(cursor -> cursor.number(0)).orElse(0L);
    return page.of(
        sql.selectFrom(MODEL_USE)
            .where(
                MODEL_USE.TENANT.eq(request.principal().tenant()),
                MODEL_USE.RUN.eq(Filter.path(request, "run")),
                MODEL_USE.POSITION.gt(after))
            .orderBy(MODEL_USE.POSITION)
            .limit(page.fetch())
            .fetch(CostApi::used),
        "position");
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
    out.put("position", row.get(MODEL_USE.POSITION));
    return out;
  }
}

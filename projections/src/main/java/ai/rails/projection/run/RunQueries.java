package ai.rails.projection.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.Waiting;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.projection.Cursor;
import ai.rails.projection.budget.Costs;
import ai.rails.projection.feed.Views;
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;
import static ai.rails.projection.jooq.generated.Tables.RUN;
import static ai.rails.projection.jooq.generated.Tables.STEP;

/// Runs, their steps, why they wait, and their timeline.
final class RunQueries {
  private final EventCodec events;

  RunQueries(EventCodec events) {
    this.events = events;
  }

  Object list(DSLContext sql, Request request, String tenant) {
    int limit = request.query("limit", 50, 1, 200);
    Optional<Cursor> cursor = Cursor.read(request.query("cursor"), 2);
    Condition where = RUN.TENANT.eq(tenant);
    where = and(where, request.query("workspace").map(RUN.WORKSPACE::eq));
    where = and(where, request.query("status").map(RUN.STATUS::eq));
    where = and(where, request.query("workflow").map(RUN.WORKFLOW::eq));
    where = and(where, request.query("externalId").map(RUN.EXTERNAL_ID::eq));
    if (cursor.isPresent()) {
      where =
          where.and(
              DSL.row(RUN.STARTED_AT, RUN.RUN_)
                  .lt(cursor.get().number(0), cursor.get().key().get(1)));
    }
    List<Map<String, Object>> items =
        new ArrayList<>(
            sql.selectFrom(RUN)
                .where(where)
                .orderBy(RUN.STARTED_AT.desc(), RUN.RUN_.desc())
                .limit(limit + 1)
                .fetch(RunQueries::summary));
    if (items.size() <= limit) {
      return Views.page(items, Optional.empty());
    }
    items.removeLast();
    Map<String, Object> last = items.getLast();
    return Views.page(
        items,
        Optional.of(
            Cursor.of(String.valueOf(last.get("startedAt")), String.valueOf(last.get("run")))));
  }

  private static Condition and(Condition left, Optional<Condition> right) {
    return right.map(left::and).orElse(left);
  }

  private static Map<String, Object> summary(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("run", row.get(RUN.RUN_));
    out.put("workspace", row.get(RUN.WORKSPACE));
    out.put("environment", row.get(RUN.ENVIRONMENT));
    out.put("workflow", row.get(RUN.WORKFLOW));
    out.put("version", row.get(RUN.VERSION));
    out.put("artifactDigest", row.get(RUN.ARTIFACT_DIGEST));
    out.put("trigger", row.get(RUN.TRIGGER_ID));
    out.put("requester", row.get(RUN.REQUESTER));
    out.put("externalId", row.get(RUN.EXTERNAL_ID));
    out.put("status", row.get(RUN.STATUS));
    out.put("startedAt", row.get(RUN.STARTED_AT));
    putIfPresent(out, "endedAt", row.get(RUN.ENDED_AT));
    putIfPresent(out, "failureCode", row.get(RUN.FAILURE_CODE));
    putIfPresent(out, "traceId", row.get(RUN.TRACE_ID));
    out.put("position", row.get(RUN.POSITION));
    return out;
  }

  private static void putIfPresent(
      Map<String, Object> out, String name, @org.jspecify.annotations.Nullable Object value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  Object one(DSLContext sql, String tenant, String run) {
    Map<String, Object> out =
        sql.selectFrom(RUN)
            .where(RUN.TENANT.eq(tenant), RUN.RUN_.eq(run))
            .fetchOptional(RunQueries::summary)
            .orElseThrow(() -> Problem.notFound("run " + run));
    Run state = state(sql, tenant, run);
    out.put("waiting", state.waiting().stream().map(RunQueries::waiting).toList());
    out.put("steps", steps(sql, tenant, run));
    out.put("cost", Costs.ofRun(sql, tenant, run));
    return out;
  }

  private static Map<String, Object> waiting(Waiting waiting) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("step", waiting.step());
    out.put("reason", waiting.reason());
    out.put("code", waiting.code());
    out.put("mover", waiting.mover());
    waiting.until().ifPresent(until -> out.put("until", until.toEpochMilli()));
    return out;
  }

  private static List<Map<String, Object>> steps(DSLContext sql, String tenant, String run) {
    return sql.selectFrom(STEP)
        .where(STEP.TENANT.eq(tenant), STEP.RUN.eq(run))
        .orderBy(STEP.SCHEDULED_AT.asc().nullsFirst(), STEP.POSITION, STEP.STEP_)
        .fetch(row -> {
          Map<String, Object> out = new LinkedHashMap<>();
          out.put("step", row.get(STEP.STEP_));
          out.put("status", row.get(STEP.STATUS));
          out.put("attempt", row.get(STEP.ATTEMPT));
          out.put("purpose", row.get(STEP.PURPOSE));
          out.put("reason", row.get(STEP.REASON));
          putIfPresent(out, "scheduledAt", row.get(STEP.SCHEDULED_AT));
          putIfPresent(out, "endedAt", row.get(STEP.ENDED_AT));
          out.put("disclosed", row.get(STEP.DISCLOSED));
          return out;
        });
  }

  private Run state(DSLContext sql, String tenant, String run) {
    List<RunEvent> history = new ArrayList<>();
    sql.select(ENTRY.EVENT)
        .from(ENTRY)
        .where(ENTRY.TENANT.eq(tenant), ENTRY.RUN.eq(run), ENTRY.STREAM_TYPE.eq("Run"))
        .orderBy(ENTRY.POSITION)
        .forEach(row -> history.add((RunEvent) events.decode(row.value1()).event()));
    return Run.replay(history);
  }

  Object dead(DSLContext sql, Request request, String tenant) {
    int limit = request.query("limit", 50, 1, 200);
    List<Map<String, Object>> items =
        sql.select(STEP.RUN, STEP.STEP_, STEP.REASON, STEP.STATUS, STEP.ATTEMPT, STEP.ENDED_AT)
            .from(STEP)
            .join(RUN)
            .on(RUN.TENANT.eq(STEP.TENANT), RUN.RUN_.eq(STEP.RUN))
            .where(
                STEP.TENANT.eq(tenant),
                STEP.STATUS.in("DEAD", "AMBIGUOUS"),
                RUN.STATUS.eq("RUNNING"))
            .orderBy(STEP.ENDED_AT.asc().nullsLast(), STEP.RUN)
            .limit(limit)
            .fetch(row -> {
              Map<String, Object> out = new LinkedHashMap<>();
              out.put("run", row.value1());
              out.put("step", row.value2());
              out.put("code", row.value3());
              out.put("status", row.value4());
              out.put("attempt", row.value5());
              putIfPresent(out, "since", row.value6());
              return out;
            });
    return Views.page(items, Optional.empty());
  }
}

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
import org.jspecify.annotations.Nullable;

import ai.rails.domain.EntryType;
import ai.rails.domain.privacy.ErasureEvent.RunErased;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.Waiting;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.projection.Cursor;
import ai.rails.projection.Filter;
import ai.rails.projection.JsonText;
import ai.rails.projection.Page;
import ai.rails.projection.budget.Costs;
import ai.rails.projection.worker.WorkerView;
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;
import static ai.rails.projection.jooq.generated.Tables.RUN;
import static ai.rails.projection.jooq.generated.Tables.STEP;

/// Runs, their steps, and why they wait.
final class RunQueries {
  private static final String STREAM_TYPE = "Run";

  private final EventCodec events;

  RunQueries(EventCodec events) {
    this.events = events;
  }

  /// Where a run lives, and whether it is over.
  record Place(String workspace, boolean ended) {}

  /// @throws Problem with 404 if the tenant has no such run
  Place place(DSLContext sql, String tenant, String run) {
    return sql.select(RUN.WORKSPACE, RUN.ENDED_AT)
        .from(RUN)
        .where(RUN.TENANT.eq(tenant), RUN.RUN_.eq(run))
        .fetchOptional(row -> new Place(row.value1(), row.value2() != null))
        .orElseThrow(() -> Problem.notFound("run " + run));
  }

  /// The latest first.
  Object list(DSLContext sql, Request request, String tenant) {
    Page page = Page.asked(request, 2);
    Condition where = RunSearch.of(request, tenant);
    if (page.after().isPresent()) {
      Cursor after = page.after().get();
      where = where.and(DSL.row(RUN.STARTED_AT, RUN.RUN_).lt(after.number(0), after.text(1)));
    }
    List<Map<String, Object>> runs =
        sql.selectFrom(RUN)
            .where(where)
            .orderBy(RUN.STARTED_AT.desc(), RUN.RUN_.desc())
            .limit(page.fetch())
            .fetch(RunQueries::summary);
    Stops.add(sql, tenant, runs);
    return page.of(runs, "startedAt", "run");
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

  private static void putIfPresent(Map<String, Object> out, String name, @Nullable Object value) {
    if (value != null) {
      out.put(name, value);
    }
  }

  /// @throws Problem with 404 if the tenant has no such run
  Object one(DSLContext sql, String tenant, String run) {
    Map<String, Object> out =
        sql.selectFrom(RUN)
            .where(RUN.TENANT.eq(tenant), RUN.RUN_.eq(run))
            .fetchOptional(RunQueries::summary)
            .orElseThrow(() -> Problem.notFound("run " + run));
    Run state = state(sql, tenant, run);
    state.trigger().ifPresent(trigger -> out.put("inputs", trigger.inputs()));
    List<Map<String, Object>> waiting = state.waiting().stream().map(RunQueries::waiting).toList();
    because(sql, tenant, out, waiting);
    out.put("waiting", waiting);
    out.put("steps", steps(sql, tenant, run));
    out.put("cost", Costs.ofRun(sql, tenant, run));
    erased(sql, tenant, run).ifPresent(erased -> out.put("erased", erased));
    return out;
  }

  /// A run that waits for a worker waits for more than that while policy gives no worker keys.
  private void because(
      DSLContext sql, String tenant, Map<String, Object> run, List<Map<String, Object>> waiting) {
    List<Map<String, Object>> forWorkers =
        waiting.stream().filter(each -> each.get("reason") == Waiting.Reason.WORKER).toList();
    if (!forWorkers.isEmpty()) {
      new WorkerView(events)
          .refusal(
              sql,
              tenant,
              String.valueOf(run.get("workflow")),
              String.valueOf(run.get("version")),
              String.valueOf(run.get("environment")))
          .ifPresent(why -> forWorkers.forEach(each -> each.put("because", why)));
    }
  }

  /// When, why and by whom its content was destroyed.
  private Optional<Map<String, Object>> erased(DSLContext sql, String tenant, String run) {
    return sql.selectFrom(ENTRY)
        .where(
            ENTRY.TENANT.eq(tenant),
            ENTRY.RUN.eq(run),
            ENTRY.ENTRY_TYPE.eq(EntryType.RUN_ERASED.name()))
        .fetchOptional(row -> {
          Map<String, Object> out = new LinkedHashMap<>();
          if (events.decode(row.get(ENTRY.EVENT)).event() instanceof RunErased erased) {
            out.put("cause", erased.cause());
            out.put("reason", erased.reason());
            out.put("by", row.get(ENTRY.ACTOR_ID));
            out.put("at", row.get(ENTRY.RECORDED_AT));
            out.put("keys", erased.keys());
            out.put("ciphertexts", erased.ciphertexts());
            out.put("position", row.get(ENTRY.POSITION));
          }
          return out;
        });
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
        .orderBy(DSL.coalesce(STEP.SCHEDULED_AT, STEP.CHANGED_AT), STEP.POSITION, STEP.STEP_)
        .fetch(row -> {
          Map<String, Object> out = new LinkedHashMap<>();
          out.put("step", row.get(STEP.STEP_));
          out.put("status", row.get(STEP.STATUS));
          out.put("attempt", row.get(STEP.ATTEMPT));
          out.put("purpose", row.get(STEP.PURPOSE));
          out.put("reason", row.get(STEP.REASON));
          putIfPresent(out, "notBefore", row.get(STEP.NOT_BEFORE));
          putIfPresent(out, "scheduledAt", row.get(STEP.SCHEDULED_AT));
          putIfPresent(out, "endedAt", row.get(STEP.ENDED_AT));
          out.put("disclosed", JsonText.tree(row.get(STEP.DISCLOSED)));
          return out;
        });
  }

  private Run state(DSLContext sql, String tenant, String run) {
    List<RunEvent> history = new ArrayList<>();
    sql.select(ENTRY.EVENT)
        .from(ENTRY)
        .where(ENTRY.TENANT.eq(tenant), ENTRY.RUN.eq(run), ENTRY.STREAM_TYPE.eq(STREAM_TYPE))
        .orderBy(ENTRY.POSITION)
        .forEach(row -> history.add((RunEvent) events.decode(row.value1()).event()));
    return Run.replay(history);
  }

  /// Steps that only a person can move, those that wait longest first.
  Object dead(DSLContext sql, Request request, String tenant) {
    Page page = Page.asked(request, 3);
    Condition where =
        STEP.TENANT.eq(tenant).and(STEP.STATUS.in(DSL.inline("DEAD"), DSL.inline("AMBIGUOUS")));
    where = Filter.by(where.and(RUN.ENDED_AT.isNull()), request, "workspace", RUN.WORKSPACE);
    if (page.after().isPresent()) {
      Cursor after = page.after().get();
      where =
          where.and(
              DSL.row(STEP.CHANGED_AT, STEP.RUN, STEP.STEP_)
                  .gt(after.number(0), after.text(1), after.text(2)));
    }
    return page.of(
        sql.select(STEP.CHANGED_AT, STEP.RUN, STEP.STEP_, STEP.STATUS, STEP.REASON, STEP.ATTEMPT)
            .select(RUN.WORKSPACE, RUN.WORKFLOW, RUN.EXTERNAL_ID)
            .from(STEP)
            .join(RUN)
            .on(RUN.TENANT.eq(STEP.TENANT), RUN.RUN_.eq(STEP.RUN))
            .where(where)
            .orderBy(STEP.CHANGED_AT, STEP.RUN, STEP.STEP_)
            .limit(page.fetch())
            .fetch(RunQueries::waitingStep),
        "since",
        "run",
        "step");
  }

  private static Map<String, Object> waitingStep(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("run", row.get(STEP.RUN));
    out.put("step", row.get(STEP.STEP_));
    out.put("workspace", row.get(RUN.WORKSPACE));
    out.put("workflow", row.get(RUN.WORKFLOW));
    out.put("externalId", row.get(RUN.EXTERNAL_ID));
    out.put("status", row.get(STEP.STATUS));
    out.put("code", row.get(STEP.REASON));
    out.put("attempt", row.get(STEP.ATTEMPT));
    out.put("since", row.get(STEP.CHANGED_AT));
    return out;
  }
}

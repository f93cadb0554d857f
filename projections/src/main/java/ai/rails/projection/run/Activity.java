package ai.rails.projection.run;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record2;
import org.jooq.ResultQuery;
import org.jooq.impl.DSL;

import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.projection.Filter;

import static ai.rails.projection.jooq.generated.Tables.DECISION;
import static ai.rails.projection.jooq.generated.Tables.RUN;
import static ai.rails.projection.jooq.generated.Tables.STEP;

/// `GET /v1/activity`: how much runs, fails and waits now, and how long it takes. Counted from the
/// views, so it is as late as they are.
final class Activity {
  private static final int USUAL_MINUTES = 60;
  private static final int MOST_MINUTES = 1_440;
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();

  private final InstantSource clock;

  Activity(InstantSource clock) {
    this.clock = clock;
  }

  /// What came, ended and failed within one minute.
  private static final class Minute {
    private int started;
    private int ended;
    private int failed;

    Map<String, Object> tree(long minute) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("at", minute * MINUTE);
      tree.put("started", started);
      tree.put("ended", ended);
      tree.put("failed", failed);
      return tree;
    }
  }

  /// @throws Problem with 422 if a part of the query is not acceptable
  Map<String, Object> of(DSLContext sql, Request request, String tenant) {
    int minutes = request.query("minutes", USUAL_MINUTES, 1, MOST_MINUTES);
    Condition own = RUN.TENANT.eq(tenant);
    own = Filter.by(own, request, "workspace", RUN.WORKSPACE);
    long now = clock.millis();
    long since = now - minutes * MINUTE;
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("at", now);
    out.put("minutes", minutes);
    Map<Long, Minute> each = minutes(sql, own, since);
    out.put("started", each.values().stream().mapToInt(m -> m.started).sum());
    out.put("ended", each.values().stream().mapToInt(m -> m.ended).sum());
    out.put("failed", each.values().stream().mapToInt(m -> m.failed).sum());
    out.put("perMinute", each.entrySet().stream().map(e -> e.getValue().tree(e.getKey())).toList());
    took(sql, own, since, out);
    out.put("open", sql.fetchCount(RUN, own.and(RUN.ENDED_AT.isNull())));
    out.put("queue", queue(sql, own, now));
    return out;
  }

  /// Minutes without anything are left out.
  private static Map<Long, Minute> minutes(DSLContext sql, Condition own, long since) {
    Map<Long, Minute> minutes = new TreeMap<>();
    perMinute(sql, RUN.STARTED_AT, own.and(RUN.STARTED_AT.ge(since)))
        .forEach(row -> at(minutes, row).started = row.value2());
    Condition ended = own.and(RUN.ENDED_AT.ge(since));
    perMinute(sql, RUN.ENDED_AT, ended).forEach(row -> at(minutes, row).ended = row.value2());
    perMinute(sql, RUN.ENDED_AT, ended.and(RUN.STATUS.eq("FAILED")))
        .forEach(row -> at(minutes, row).failed = row.value2());
    return minutes;
  }

  private static Minute at(Map<Long, Minute> minutes, Record2<Long, Integer> row) {
    return minutes.computeIfAbsent(row.value1(), _ -> new Minute());
  }

  private static ResultQuery<Record2<Long, Integer>> perMinute(
      DSLContext sql, Field<Long> time, Condition where) {
    Field<Long> minute = time.div(DSL.inline(MINUTE));
    return sql.select(minute, DSL.count()).from(RUN).where(where).groupBy(minute);
  }

  /// From the trigger to the end, waits for people included.
  private static void took(
      DSLContext sql, Condition own, long since, Map<String, Object> activity) {
    Field<Long> millis = RUN.ENDED_AT.minus(RUN.STARTED_AT);
    var half = DSL.percentileDisc(0.5).withinGroupOrderBy(millis).coerce(Long.class);
    var most = DSL.percentileDisc(0.95).withinGroupOrderBy(millis).coerce(Long.class);
    sql.select(half, most)
        .from(RUN)
        .where(own, RUN.ENDED_AT.ge(since))
        .forEach(row -> {
          if (row.value1() != null) {
            activity.put("took", Map.of("p50", row.value1(), "p95", row.value2()));
          }
        });
  }

  /// Steps of runs that are not over, by what they wait for. Policy is asked when a worker takes a
  /// step up, so a step is ready while that has not happened.
  private static Map<String, Object> queue(DSLContext sql, Condition own, long now) {
    Condition begun =
        DSL.exists(
            DSL.selectOne()
                .from(DECISION)
                .where(
                    DECISION.TENANT.eq(STEP.TENANT),
                    DECISION.RUN.eq(STEP.RUN),
                    DECISION.STEP.eq(STEP.STEP_),
                    DECISION.POSITION.gt(STEP.POSITION)));
    Field<String> place =
        DSL.when(STEP.STATUS.eq("AT_GATE"), "gates")
            .when(STEP.STATUS.in("DEAD", "AMBIGUOUS"), "stopped")
            .when(STEP.NOT_BEFORE.gt(now), "later")
            .when(begun, "begun")
            .otherwise("ready")
            .as("place");
    var steps =
        sql.select(place, STEP.CHANGED_AT.as("since"))
            .from(STEP)
            .join(RUN)
            .on(RUN.TENANT.eq(STEP.TENANT), RUN.RUN_.eq(STEP.RUN))
            .where(
                own,
                RUN.ENDED_AT.isNull(),
                STEP.STATUS.in("SCHEDULED", "AT_GATE", "DEAD", "AMBIGUOUS"))
            .asTable("steps");
    Field<String> where = DSL.field(DSL.name("place"), String.class);
    Field<Long> oldest = DSL.min(DSL.field(DSL.name("since"), Long.class));
    Map<String, Object> queue = new LinkedHashMap<>();
    for (String name : List.of("ready", "begun", "later", "gates", "stopped")) {
      queue.put(name, 0);
    }
    sql.select(where, DSL.count(), oldest)
        .from(steps)
        .groupBy(where)
        .forEach(row -> {
          queue.put(row.value1(), row.value2());
          if (row.value1().equals("ready")) {
            queue.put("readySince", row.value3());
          }
        });
    return queue;
  }
}

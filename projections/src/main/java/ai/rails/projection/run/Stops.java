package ai.rails.projection.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

import ai.rails.domain.run.Reasons;
import ai.rails.domain.run.Waiting.Reason;

import static ai.rails.projection.jooq.generated.Tables.STEP;

/// Where runs stand still, for lists. A run's own page replays its events and says more.
final class Stops {
  private Stops() {}

  /// Adds `waiting` to each run that is not over: its steps that no worker takes up by itself.
  static void add(DSLContext sql, String tenant, List<Map<String, Object>> runs) {
    Map<String, List<Map<String, Object>>> waiting = new HashMap<>();
    for (Map<String, Object> run : runs) {
      if (!run.containsKey("endedAt")) {
        List<Map<String, Object>> steps = new ArrayList<>();
        waiting.put(String.valueOf(run.get("run")), steps);
        run.put("waiting", steps);
      }
    }
    if (waiting.isEmpty()) {
      return;
    }
    sql.select(STEP.RUN, STEP.STEP_, STEP.STATUS, STEP.REASON)
        .from(STEP)
        .where(
            STEP.TENANT.eq(tenant),
            STEP.RUN.in(waiting.keySet()),
            DSL.or(
                STEP.STATUS.in(DSL.inline("AT_GATE"), DSL.inline("AMBIGUOUS"), DSL.inline("DEAD")),
                STEP.STATUS.eq(DSL.inline("SCHEDULED")).and(STEP.NOT_BEFORE.isNotNull())))
        .orderBy(STEP.RUN, STEP.STEP_)
        .forEach(row -> waiting.getOrDefault(row.get(STEP.RUN), List.of()).add(stop(row)));
  }

  private static Map<String, Object> stop(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("step", row.get(STEP.STEP_));
    out.put("reason", reason(row.get(STEP.STATUS), row.get(STEP.REASON)).name());
    out.put("code", row.get(STEP.REASON));
    return out;
  }

  private static Reason reason(String status, String code) {
    return switch (status) {
      case "AT_GATE" -> Reason.GATE;
      case "AMBIGUOUS" -> Reason.HUMAN_TASK;
      case "DEAD" -> Reason.DEAD_LETTER;
      default ->
          switch (code) {
            case Reasons.POLICY_UNAVAILABLE -> Reason.POLICY;
            case Reasons.THROTTLED,
                Reasons.OVER_RATE,
                Reasons.TOO_MANY_AT_ONCE,
                Reasons.BREAKER_OPEN,
                Reasons.RUNNER_AWAY ->
                Reason.THROTTLE;
            case Reasons.BUDGET_EXCEEDED -> Reason.BUDGET;
            default -> Reason.RETRY;
          };
    };
  }
}

package ai.rails.projection.run;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jooq.DSLContext;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

import ai.rails.domain.Header;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunFailed;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.projection.Entry;
import ai.rails.projection.JsonText;
import ai.rails.projection.Projection;

import static ai.rails.projection.jooq.generated.Tables.RUN;
import static ai.rails.projection.jooq.generated.Tables.STEP;

/// Runs and their steps, for lists and searches. A run's page folds the run's own events.
public final class RunProjection implements Projection {
  /// The disclosed input that people know a ticket by.
  private static final String EXTERNAL_ID = "number";

  private static final Pattern TRACEPARENT =
      Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*");

  @Override
  public void fold(DSLContext sql, Entry entry) {
    if (!(entry.event() instanceof RunEvent event)) {
      return;
    }
    switch (event) {
      case RunTriggered e -> triggered(sql, entry, e);
      case StepScheduled e -> scheduled(sql, entry, e);
      case StepCompleted e -> completed(sql, entry, e);
      case StepFailed e -> failed(sql, entry, e);
      case RunEvent.HumanGateRequested e ->
          waits(sql, entry, e.gate(), "AT_GATE", Reasons.GATE_REQUESTED);
      case ToolActionExecuted e -> executed(sql, entry, e);
      case RunCompleted _ -> ended(sql, entry, "COMPLETED", Optional.empty());
      case RunFailed e -> ended(sql, entry, "FAILED", Optional.of(e.code()));
      case RunCancelled e -> ended(sql, entry, "CANCELLED", Optional.of(e.reason()));
      case RunEvent.PolicyEvaluated _,
          RunEvent.HumanGateDecisioned _,
          RunEvent.HumanGateEscalated _,
          RunEvent.CallCorrected _,
          RunEvent.ToolActionIntended _,
          RunEvent.ModelInvoked _,
          RunEvent.EvidenceCaptured _,
          RunEvent.BudgetReserved _,
          RunEvent.BudgetSettled _,
          RunEvent.CallHeld _,
          RunEvent.RollbackApplied _,
          RunEvent.CallReconciled _,
          RunEvent.RunRetried _ -> {}
    }
    sql.update(RUN)
        .set(RUN.POSITION, entry.position())
        .where(RUN.TENANT.eq(entry.tenant()), RUN.RUN_.eq(event.run()))
        .execute();
  }

  private static void triggered(DSLContext sql, Entry entry, RunTriggered e) {
    Header header = entry.header();
    sql.insertInto(RUN)
        .set(RUN.TENANT, header.tenant())
        .set(RUN.RUN_, e.run())
        .set(RUN.WORKSPACE, header.workspace())
        .set(RUN.ENVIRONMENT, e.environment())
        .set(RUN.WORKFLOW, e.workflow())
        .set(RUN.VERSION, e.version())
        .set(RUN.ARTIFACT_DIGEST, e.artifactDigest())
        .set(RUN.TRIGGER_ID, e.trigger())
        .set(RUN.REQUESTER, e.requester())
        .set(RUN.EXTERNAL_ID, e.inputs().getOrDefault(EXTERNAL_ID, ""))
        .set(RUN.STATUS, "RUNNING")
        .set(RUN.STARTED_AT, entry.recordedAt())
        .set(RUN.TRACE_ID, traceId(header))
        .set(RUN.POSITION, entry.position())
        .execute();
  }

  private static @Nullable String traceId(Header header) {
    Matcher traceparent = TRACEPARENT.matcher(header.traceparent().orElse(""));
    return traceparent.matches() ? traceparent.group(1) : null;
  }

  private static void scheduled(DSLContext sql, Entry entry, StepScheduled e) {
    Map<Field<?>, @Nullable Object> row = state("SCHEDULED", e.attempt(), e.reason());
    row.put(STEP.PURPOSE, e.purpose().name());
    row.put(STEP.NOT_BEFORE, e.notBefore().map(time -> time.toEpochMilli()).orElse(null));
    row.put(STEP.SCHEDULED_AT, entry.recordedAt());
    row.put(STEP.ENDED_AT, null);
    row.put(STEP.DISCLOSED, "{}");
    put(sql, entry, e.step(), row);
    if (e.purpose() == Purpose.UNDO) {
      sql.update(RUN)
          .set(RUN.STATUS, "COMPENSATING")
          .where(RUN.TENANT.eq(entry.tenant()), RUN.RUN_.eq(e.run()))
          .execute();
    }
  }

  private static void completed(DSLContext sql, Entry entry, StepCompleted e) {
    Map<Field<?>, @Nullable Object> row =
        state(e.skipped() ? "SKIPPED" : "COMPLETED", e.attempt(), "");
    row.put(STEP.NOT_BEFORE, null);
    row.put(STEP.ENDED_AT, entry.recordedAt());
    row.put(STEP.DISCLOSED, JsonText.of(e.disclosed()));
    put(sql, entry, e.step(), row);
  }

  private static void failed(DSLContext sql, Entry entry, StepFailed e) {
    Map<Field<?>, @Nullable Object> row =
        state(e.dead() ? "DEAD" : "FAILED", e.attempt(), e.code());
    row.put(STEP.ENDED_AT, entry.recordedAt());
    put(sql, entry, e.step(), row);
  }

  private static void executed(DSLContext sql, Entry entry, ToolActionExecuted e) {
    if (e.outcome() == Outcome.AMBIGUOUS) {
      waits(sql, entry, e.step(), "AMBIGUOUS", e.code());
    }
  }

  private static Map<Field<?>, @Nullable Object> state(String status, int attempt, String reason) {
    Map<Field<?>, @Nullable Object> row = new HashMap<>();
    row.put(STEP.STATUS, status);
    row.put(STEP.ATTEMPT, attempt);
    row.put(STEP.REASON, reason);
    return row;
  }

  /// A step's first event need not be its schedule: skipped and inherited steps begin completed.
  private static void put(
      DSLContext sql, Entry entry, String step, Map<Field<?>, @Nullable Object> row) {
    row.put(STEP.CHANGED_AT, entry.recordedAt());
    row.put(STEP.POSITION, entry.position());
    Map<Field<?>, @Nullable Object> whole = new HashMap<>(row);
    whole.put(STEP.TENANT, entry.tenant());
    whole.put(STEP.RUN, ((RunEvent) entry.event()).run());
    whole.put(STEP.STEP_, step);
    whole.putIfAbsent(STEP.PURPOSE, Purpose.PERFORM.name());
    whole.putIfAbsent(STEP.DISCLOSED, "{}");
    sql.insertInto(STEP)
        .set(whole)
        .onConflict(STEP.TENANT, STEP.RUN, STEP.STEP_)
        .doUpdate()
        .set(row)
        .execute();
  }

  private static void waits(
      DSLContext sql, Entry entry, String step, String status, String reason) {
    sql.update(STEP)
        .set(STEP.STATUS, status)
        .set(STEP.REASON, reason)
        .set(STEP.CHANGED_AT, entry.recordedAt())
        .set(STEP.POSITION, entry.position())
        .where(
            STEP.TENANT.eq(entry.tenant()),
            STEP.RUN.eq(((RunEvent) entry.event()).run()),
            STEP.STEP_.eq(step))
        .execute();
  }

  private static void ended(
      DSLContext sql, Entry entry, String status, Optional<String> failureCode) {
    sql.update(RUN)
        .set(RUN.STATUS, status)
        .set(RUN.ENDED_AT, entry.recordedAt())
        .set(RUN.FAILURE_CODE, failureCode.orElse(null))
        .where(RUN.TENANT.eq(entry.tenant()), RUN.RUN_.eq(((RunEvent) entry.event()).run()))
        .execute();
  }
}

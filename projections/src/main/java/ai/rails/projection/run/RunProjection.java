package ai.rails.projection.run;

import java.util.Optional;

import org.jooq.DSLContext;

import ai.rails.domain.Header;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunFailed;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.projection.Entry;
import ai.rails.projection.JsonText;
import ai.rails.projection.Projection;

import static ai.rails.projection.jooq.generated.Tables.RUN;
import static ai.rails.projection.jooq.generated.Tables.STEP;

/// Runs and their steps, for lists and searches. A run's page folds the run's own events.
public final class RunProjection implements Projection {
  @Override
  public void fold(DSLContext sql, Entry entry) {
    if (!(entry.event() instanceof RunEvent event)) {
      return;
    }
    switch (event) {
      case RunTriggered e -> triggered(sql, entry, e);
      case RunEvent.StepScheduled e ->
          step(sql, entry, e.step(), "SCHEDULED", e.attempt(), e.purpose().name(), e.reason())
              .set(STEP.NOT_BEFORE, e.notBefore().map(t -> t.toEpochMilli()).orElse(null))
              .set(STEP.SCHEDULED_AT, entry.recordedAt())
              .execute();
      case RunEvent.StepCompleted e ->
          step(sql, entry, e.step(), e.skipped() ? "SKIPPED" : "COMPLETED", e.attempt(), "", "")
              .set(STEP.ENDED_AT, entry.recordedAt())
              .set(STEP.DISCLOSED, JsonText.of(e.disclosed()))
              .execute();
      case RunEvent.StepFailed e ->
          step(sql, entry, e.step(), e.dead() ? "DEAD" : "FAILED", e.attempt(), "", e.code())
              .set(STEP.ENDED_AT, entry.recordedAt())
              .execute();
      case RunEvent.HumanGateRequested e -> status(sql, entry, e.gate(), "AT_GATE");
      case RunEvent.ToolActionExecuted e -> {
        if (e.outcome() == RunEvent.Outcome.AMBIGUOUS) {
          status(sql, entry, e.step(), "AMBIGUOUS");
        }
      }
      case RunCompleted _ -> ended(sql, entry, "COMPLETED", Optional.empty());
      case RunFailed e -> ended(sql, entry, "FAILED", Optional.of(e.code()));
      case RunCancelled e -> ended(sql, entry, "CANCELLED", Optional.of(e.reason()));
      case RunEvent.PolicyEvaluated _,
          RunEvent.HumanGateDecisioned _,
          RunEvent.ToolActionIntended _,
          RunEvent.ModelInvoked _,
          RunEvent.EvidenceCaptured _,
          RunEvent.BudgetReserved _,
          RunEvent.BudgetSettled _,
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
        .set(RUN.EXTERNAL_ID, e.inputs().getOrDefault("number", ""))
        .set(RUN.STATUS, "RUNNING")
        .set(RUN.STARTED_AT, entry.recordedAt())
        .set(RUN.TRACE_ID, header.traceparent().map(RunProjection::traceId).orElse(null))
        .set(RUN.POSITION, entry.position())
        .execute();
  }

  private static String traceId(String traceparent) {
    return traceparent.split("-", -1)[1];
  }

  private static org.jooq.InsertOnDuplicateSetMoreStep<?> step(
      DSLContext sql,
      Entry entry,
      String step,
      String status,
      int attempt,
      String purpose,
      String reason) {
    RunEvent event = (RunEvent) entry.event();
    var insert =
        sql.insertInto(STEP)
            .set(STEP.TENANT, entry.tenant())
            .set(STEP.RUN, event.run())
            .set(STEP.STEP_, step)
            .set(STEP.STATUS, status)
            .set(STEP.ATTEMPT, attempt)
            .set(STEP.PURPOSE, purpose.isEmpty() ? "PERFORM" : purpose)
            .set(STEP.REASON, reason)
            .set(STEP.DISCLOSED, "{}")
            .set(STEP.POSITION, entry.position())
            .onConflict(STEP.TENANT, STEP.RUN, STEP.STEP_)
            .doUpdate()
            .set(STEP.STATUS, status)
            .set(STEP.ATTEMPT, attempt)
            .set(STEP.REASON, reason)
            .set(STEP.POSITION, entry.position());
    return purpose.isEmpty() ? insert : insert.set(STEP.PURPOSE, purpose);
  }

  private static void status(DSLContext sql, Entry entry, String step, String status) {
    sql.update(STEP)
        .set(STEP.STATUS, status)
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

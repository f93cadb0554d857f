package ai.rails.projection.connector;

import org.jooq.DSLContext;

import ai.rails.domain.run.RunEvent.CallReconciled;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.projection.Entry;
import ai.rails.projection.Projection;

import static ai.rails.projection.jooq.generated.Tables.CALL;

/// Calls from their last intent to what became of it.
public final class CallProjection implements Projection {
  @Override
  public void fold(DSLContext sql, Entry entry) {
    switch (entry.event()) {
      case ToolActionIntended e -> intended(sql, entry, e);
      case ToolActionExecuted e -> executed(sql, entry, e);
      case CallReconciled e ->
          sql.update(CALL)
              .set(CALL.OUTCOME, "RECONCILED_" + e.resolution().name())
              .set(CALL.POSITION, entry.position())
              .where(CALL.TENANT.eq(entry.tenant()), CALL.CALL_ID.eq(e.callId()))
              .execute();
      default -> {}
    }
  }

  private static void intended(DSLContext sql, Entry entry, ToolActionIntended e) {
    sql.deleteFrom(CALL)
        .where(CALL.TENANT.eq(entry.tenant()), CALL.CALL_ID.eq(e.callId()))
        .execute();
    sql.insertInto(CALL)
        .set(CALL.TENANT, entry.tenant())
        .set(CALL.CALL_ID, e.callId())
        .set(CALL.WORKSPACE, entry.workspace())
        .set(CALL.RUN, e.run())
        .set(CALL.STEP, e.step())
        .set(CALL.TOOL, e.tool())
        .set(CALL.ACTION, e.action())
        .set(CALL.HOST, e.host())
        .set(CALL.IDEMPOTENCY_CLASS, e.idempotencyClass().name())
        .set(CALL.CALL_DIGEST, e.callDigest())
        .set(CALL.EPOCH, e.epoch())
        .set(CALL.INTENDED_AT, entry.recordedAt())
        .set(CALL.POSITION, entry.position())
        .execute();
  }

  private static void executed(DSLContext sql, Entry entry, ToolActionExecuted e) {
    sql.update(CALL)
        .set(CALL.EXECUTED_AT, entry.recordedAt())
        .set(CALL.OUTCOME, e.outcome().name())
        .set(CALL.CODE, e.code())
        .set(CALL.HTTP_STATUS, e.httpStatus())
        .set(CALL.VENDOR_REF, e.vendorRef())
        .set(CALL.REQUESTS, e.requests())
        .set(CALL.VERIFIED, e.verified())
        .set(CALL.ADOPTED, e.adopted())
        .set(CALL.POSITION, entry.position())
        .where(CALL.TENANT.eq(entry.tenant()), CALL.CALL_ID.eq(e.callId()))
        .execute();
  }
}

package ai.rails.projection.gate;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.jooq.Condition;
import org.jooq.DSLContext;

import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateEscalated;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.platform.http.Json;
import ai.rails.projection.Entry;
import ai.rails.projection.JsonText;
import ai.rails.projection.Projection;

import static ai.rails.projection.jooq.generated.Tables.GATE;
import static ai.rails.projection.jooq.generated.Tables.GATE_VOTE;

/// The approval inbox: gates and who said what about them.
public final class GateProjection implements Projection {
  @Override
  public void fold(DSLContext sql, Entry entry) {
    switch (entry.event()) {
      case HumanGateRequested e -> requested(sql, entry, e);
      case HumanGateDecisioned e -> decisioned(sql, entry, e);
      case HumanGateEscalated e -> escalated(sql, entry, e);
      case CallCorrected e -> corrected(sql, entry, e);
      case RunEvent.RunCancelled e -> over(sql, entry, e.run());
      case RunEvent.RunFailed e -> over(sql, entry, e.run());
      case RunEvent.RunCompleted e -> over(sql, entry, e.run());
      default -> {}
    }
  }

  private static void requested(DSLContext sql, Entry entry, HumanGateRequested e) {
    sql.deleteFrom(GATE)
        .where(GATE.TENANT.eq(entry.tenant()), GATE.RUN.eq(e.run()), GATE.GATE_.eq(e.gate()))
        .execute();
    sql.insertInto(GATE)
        .set(GATE.TENANT, entry.tenant())
        .set(GATE.RUN, e.run())
        .set(GATE.GATE_, e.gate())
        .set(GATE.WORKSPACE, entry.workspace())
        .set(GATE.WORKFLOW, entry.header().workflow().orElse(""))
        .set(GATE.FOR_STEP, e.forStep())
        .set(GATE.CALL_ID, e.callId())
        .set(GATE.CALL_DIGEST, e.callDigest())
        .set(GATE.ROLE, e.role())
        .set(GATE.QUORUM, e.quorum())
        .set(GATE.REQUESTER, e.requester())
        .set(GATE.AUTHOR, e.author())
        .set(GATE.DISPLAY, JsonText.of(e.display()))
        .set(GATE.REASONS, JsonText.of(e.reasons()))
        .set(GATE.SIGNATURE, e.signature())
        .set(GATE.ESCALATIONS, escalations(e))
        .set(GATE.STATE, "OPEN")
        .set(GATE.REQUESTED_AT, entry.recordedAt())
        .set(GATE.EXPIRES_AT, e.expiresAt().toEpochMilli())
        .set(GATE.POSITION, entry.position())
        .execute();
    discard(sql, entry, e.run(), e.gate());
  }

  private static void decisioned(DSLContext sql, Entry entry, HumanGateDecisioned e) {
    switch (e.verdict()) {
      case WITHDRAW -> discard(sql, entry, e.run(), e.gate(), GATE_VOTE.APPROVER.eq(e.approver()));
      case DENY, EXPIRE -> discard(sql, entry, e.run(), e.gate());
      case APPROVE, ASK_INFO, ANSWER_INFO -> {}
    }
    sql.insertInto(GATE_VOTE)
        .set(GATE_VOTE.TENANT, entry.tenant())
        .set(GATE_VOTE.RUN, e.run())
        .set(GATE_VOTE.GATE, e.gate())
        .set(GATE_VOTE.POSITION, entry.position())
        .set(GATE_VOTE.APPROVER, e.approver())
        .set(GATE_VOTE.VERDICT, e.verdict().name())
        .set(GATE_VOTE.CHANNEL, e.channel())
        .set(GATE_VOTE.CALL_DIGEST, e.callDigest())
        .set(GATE_VOTE.ON_BEHALF_OF, e.onBehalfOf().orElse(null))
        .set(GATE_VOTE.SIGNED, e.signature().isPresent())
        .set(GATE_VOTE.STANDS, e.verdict() == Verdict.APPROVE)
        .set(GATE_VOTE.DECIDED_AT, entry.recordedAt())
        .execute();
    if (e.closes()) {
      String state =
          switch (e.verdict()) {
            case APPROVE -> "APPROVED";
            case DENY -> "DENIED";
            case EXPIRE -> "EXPIRED";
            case WITHDRAW, ASK_INFO, ANSWER_INFO -> "OPEN";
          };
      close(sql, entry, e.run(), e.gate(), state);
    }
  }

  /// Who is asked when nobody decides, as JSON.
  private static String escalations(HumanGateRequested e) {
    List<Map<String, Object>> next =
        e.escalations().stream()
            .<Map<String, Object>>map(each ->
                Map.of(
                    "at", each.at().toEpochMilli(),
                    "role", each.role(),
                    "quorum", each.quorum()))
            .toList();
    return new String(Json.write(next), StandardCharsets.UTF_8);
  }

  private static void corrected(DSLContext sql, Entry entry, CallCorrected e) {
    discard(sql, entry, e.run(), e.gate());
    close(sql, entry, e.run(), e.gate(), "CORRECTED");
  }

  /// Role and quorum are those of now.
  private static void escalated(DSLContext sql, Entry entry, HumanGateEscalated e) {
    sql.update(GATE)
        .set(GATE.ROLE, e.role())
        .set(GATE.QUORUM, e.quorum())
        .set(GATE.LEVEL, e.level())
        .set(GATE.POSITION, entry.position())
        .where(GATE.TENANT.eq(entry.tenant()), GATE.RUN.eq(e.run()), GATE.GATE_.eq(e.gate()))
        .execute();
    discard(sql, entry, e.run(), e.gate());
  }

  /// What was approved before counts no more.
  private static void discard(
      DSLContext sql, Entry entry, String run, String gate, Condition... which) {
    sql.update(GATE_VOTE)
        .set(GATE_VOTE.STANDS, false)
        .where(which)
        .and(GATE_VOTE.TENANT.eq(entry.tenant()))
        .and(GATE_VOTE.RUN.eq(run))
        .and(GATE_VOTE.GATE.eq(gate))
        .and(GATE_VOTE.STANDS.isTrue())
        .execute();
  }

  private static void close(DSLContext sql, Entry entry, String run, String gate, String state) {
    sql.update(GATE)
        .set(GATE.STATE, state)
        .set(GATE.DECIDED_AT, entry.recordedAt())
        .set(GATE.POSITION, entry.position())
        .where(GATE.TENANT.eq(entry.tenant()), GATE.RUN.eq(run), GATE.GATE_.eq(gate))
        .execute();
  }

  private static void over(DSLContext sql, Entry entry, String run) {
    sql.update(GATE)
        .set(GATE.STATE, "RUN_ENDED")
        .set(GATE.POSITION, entry.position())
        .where(GATE.TENANT.eq(entry.tenant()), GATE.RUN.eq(run), GATE.STATE.in("OPEN", "CORRECTED"))
        .execute();
  }
}

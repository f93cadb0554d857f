package ai.rails.projection.policy;

import org.jooq.DSLContext;

import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.projection.Entry;
import ai.rails.projection.JsonText;
import ai.rails.projection.Projection;

import static ai.rails.projection.jooq.generated.Tables.DECISION;

/// What policy said, with the input it was said about.
public final class DecisionProjection implements Projection {
  @Override
  public void fold(DSLContext sql, Entry entry) {
    if (!(entry.event() instanceof PolicyEvaluated e)) {
      return;
    }
    Decision decision = e.decision();
    sql.insertInto(DECISION)
        .set(DECISION.TENANT, entry.tenant())
        .set(DECISION.DECISION_ID, decision.decisionId())
        .set(DECISION.WORKSPACE, entry.workspace())
        .set(DECISION.RUN, e.run())
        .set(DECISION.STEP, e.step())
        .set(DECISION.CALL_ID, e.callId())
        .set(DECISION.EFFECT, decision.effect().name())
        .set(DECISION.REASONS, JsonText.of(decision.reasons()))
        .set(DECISION.UNAVAILABLE, decision.unavailable().orElse(null))
        .set(DECISION.REVISIONS, JsonText.of(decision.revisions()))
        .set(DECISION.INPUT, decision.input())
        .set(DECISION.INPUT_SHA256, decision.inputSha256())
        .set(DECISION.DECIDED_AT, entry.recordedAt())
        .set(DECISION.POSITION, entry.position())
        .execute();
  }
}

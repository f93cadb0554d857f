package ai.rails.projection.budget;

import org.jooq.DSLContext;

import ai.rails.domain.run.RunEvent.BudgetSettled;
import ai.rails.domain.run.RunEvent.ModelInvoked;
import ai.rails.projection.Entry;
import ai.rails.projection.Projection;

import static ai.rails.projection.jooq.generated.Tables.COST;
import static ai.rails.projection.jooq.generated.Tables.MODEL_USE;

/// What calls cost, and the raw usage it was computed from. Sums are made when asked.
public final class CostProjection implements Projection {
  @Override
  public void fold(DSLContext sql, Entry entry) {
    switch (entry.event()) {
      case BudgetSettled e ->
          sql.insertInto(COST)
              .set(COST.TENANT, entry.tenant())
              .set(COST.WORKSPACE, entry.workspace())
              .set(COST.POSITION, entry.position())
              .set(COST.RUN, e.run())
              .set(COST.CALL_ID, e.callId())
              .set(COST.CURRENCY, e.amount().currency())
              .set(COST.NANOS, e.amount().nanos())
              .set(COST.PRICE_TABLE, e.priceTable())
              .set(COST.SETTLED_AT, entry.recordedAt())
              .set(COST.GPU_MILLIS, e.gpuMillis().orElse(0L))
              .execute();
      case ModelInvoked e -> used(sql, entry, e);
      default -> {}
    }
  }

  private static void used(DSLContext sql, Entry entry, ModelInvoked e) {
    sql.insertInto(MODEL_USE)
        .set(MODEL_USE.TENANT, entry.tenant())
        .set(MODEL_USE.WORKSPACE, entry.workspace())
        .set(MODEL_USE.POSITION, entry.position())
        .set(MODEL_USE.RUN, e.run())
        .set(MODEL_USE.STEP, e.step())
        .set(MODEL_USE.PROVIDER, e.provider())
        .set(MODEL_USE.MODEL, e.model())
        .set(MODEL_USE.RESPONSE_MODEL, e.responseModel())
        .set(MODEL_USE.INPUT_TOKENS, e.usage().inputTokens())
        .set(MODEL_USE.CACHED_INPUT_TOKENS, e.usage().cachedInputTokens())
        .set(MODEL_USE.OUTPUT_TOKENS, e.usage().outputTokens())
        .set(MODEL_USE.NANOS, e.cost().nanos())
        .set(MODEL_USE.CURRENCY, e.cost().currency())
        .set(MODEL_USE.PRICE_TABLE, e.priceTable())
        .execute();
  }
}

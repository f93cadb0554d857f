package ai.rails.projection.budget;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

import static ai.rails.projection.jooq.generated.Tables.COST;

/// Sums of settled cost, by currency.
public final class Costs {
  private Costs() {}

  public static List<Map<String, Object>> ofRun(DSLContext sql, String tenant, String run) {
    return sum(sql, COST.TENANT.eq(tenant).and(COST.RUN.eq(run)));
  }

  /// Milliseconds of one GPU.
  static long gpuMillis(DSLContext sql, Condition where) {
    return sql.select(DSL.coalesce(DSL.sum(COST.GPU_MILLIS), BigDecimal.ZERO))
        .from(COST)
        .where(where)
        .fetchSingle()
        .value1()
        .longValueExact();
  }

  /// @param where about costs
  public static List<Map<String, Object>> sum(DSLContext sql, Condition where) {
    return sql.select(COST.CURRENCY, DSL.sum(COST.NANOS))
        .from(COST)
        .where(where)
        .groupBy(COST.CURRENCY)
        .orderBy(COST.CURRENCY)
        .fetch(row -> Map.of("currency", row.value1(), "nanos", row.value2().longValueExact()));
  }
}

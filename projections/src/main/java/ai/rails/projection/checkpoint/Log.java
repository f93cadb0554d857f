package ai.rails.projection.checkpoint;

import java.util.Optional;

import org.jooq.DSLContext;

import ai.rails.domain.ledger.Origin;

import static ai.rails.projection.jooq.generated.Tables.HEAD;

/// A workspace's log in one of its epochs.
public record Log(String tenant, String workspace, int epoch) {
  /// The one that the views follow.
  public static Log current(DSLContext sql, String tenant, String workspace) {
    return origin(sql, tenant, workspace)
        .map(o -> new Log(tenant, workspace, o.epoch()))
        .orElse(new Log(tenant, workspace, 1));
  }

  /// @param epoch that is asked for; the one that the views follow otherwise
  public static Log of(DSLContext sql, String tenant, String workspace, Optional<Integer> epoch) {
    return epoch
        .map(e -> new Log(tenant, workspace, e))
        .orElseGet(() -> current(sql, tenant, workspace));
  }

  /// Within its tenant.
  public String name() {
    return "%s/e/%s".formatted(workspace, epoch);
  }

  private static Optional<Origin> origin(DSLContext sql, String tenant, String workspace) {
    return sql.select(HEAD.ORIGIN)
        .from(HEAD)
        .where(HEAD.TENANT.eq(tenant), HEAD.WORKSPACE.eq(workspace))
        .fetchOptional(HEAD.ORIGIN)
        .flatMap(Origin::parse);
  }
}

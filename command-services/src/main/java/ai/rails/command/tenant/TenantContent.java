package ai.rails.command.tenant;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Refused;
import ai.rails.domain.tenant.TenantCommand.Destroyed;
import ai.rails.platform.postgres.Sql;

/// Everything that opens, or is, a tenant's content, and what must be over before it goes.
final class TenantContent {
  private static final String COUNT =
      """
      SELECT (SELECT count(*) FROM run_key WHERE tenant = t.id),
             (SELECT count(*) FROM workflow_key WHERE tenant = t.id),
             (SELECT count(*) FROM workflow_artifact
               WHERE tenant = t.id AND length(ingest_wrapped) > 0)
             + (SELECT count(*) FROM connector_instance
               WHERE tenant = t.id AND length(ingest_wrapped) > 0),
             (SELECT count(*) FROM connector_instance
               WHERE tenant = t.id AND webhook_secret_wrapped IS NOT NULL),
             (SELECT count(*) FROM sealed_content WHERE tenant = t.id)
        FROM (SELECT ?::text AS id) t\
      """;

  /// Who may do what, and what would begin something.
  private static final List<String> ALSO =
      List.of(
          "DELETE FROM schedule WHERE tenant = ?",
          "DELETE FROM workflow_active WHERE tenant = ?",
          "DELETE FROM timer WHERE tenant = ?",
          "DELETE FROM retention WHERE tenant = ?",
          "DELETE FROM identity_link WHERE tenant = ?",
          "DELETE FROM identity_link_proposal WHERE tenant = ?",
          "DELETE FROM reveal WHERE tenant = ?",
          "DELETE FROM runner_call WHERE tenant = ?",
          "UPDATE runner SET revoked = true WHERE tenant = ?",
          "DELETE FROM principal_role WHERE tenant = ?",
          "DELETE FROM policy_bundle WHERE tenant = ?",
          "UPDATE api_key SET revoked_at = coalesce(revoked_at, clock_timestamp())"
              + " WHERE tenant = ?",
          "UPDATE run_index SET erased_at = coalesce(erased_at, clock_timestamp())"
              + " WHERE tenant = ?");

  private TenantContent() {}

  static Destroyed count(Connection c, String tenant) throws SQLException {
    return Sql.one(
            c,
            COUNT,
            row ->
                new Destroyed(
                    row.getInt(1), row.getInt(2), row.getInt(3), row.getInt(4), row.getInt(5)),
            tenant)
        .orElseThrow();
  }

  /// Destroys what was counted.
  ///
  /// @throws Refused with LEGAL_HOLD, RUN_NOT_OVER or INVALID, naming what is in the way
  /// @throws Changed if there is more or less by now
  static void destroy(Connection c, String tenant, Destroyed counted) throws SQLException {
    Optional<Integer> _ =
        Sql.one(c, "SELECT 1 FROM tenant WHERE tenant = ? FOR UPDATE", row -> 1, tenant);
    // Whatever appends now has committed before, and is counted, or finds its log closed.
    int _ = Sql.execute(c, "UPDATE workspace_head SET closed = true WHERE tenant = ?", tenant);
    requireOver(c, tenant);
    if (!count(c, tenant).equals(counted)) {
      throw new Changed();
    }
    int _ = Sql.execute(c, "DELETE FROM sealed_content WHERE tenant = ?", tenant);
    int _ = Sql.execute(c, "DELETE FROM run_key WHERE tenant = ?", tenant);
    int _ = Sql.execute(c, "DELETE FROM workflow_key WHERE tenant = ?", tenant);
    int _ =
        Sql.execute(c, "UPDATE workflow_artifact SET ingest_wrapped = '' WHERE tenant = ?", tenant);
    int _ =
        Sql.execute(
            c,
            """
            UPDATE connector_instance
               SET ingest_wrapped = '', credential = NULL, webhook_secret_wrapped = NULL,
                   app_tokens_wrapped = NULL, refresh_grant = NULL, refresh_before = NULL
             WHERE tenant = ?\
            """,
            tenant);
    for (String sql : ALSO) {
      int _ = Sql.execute(c, sql, tenant);
    }
    int _ = Sql.execute(c, "UPDATE tenant SET status = 'OFFBOARDED' WHERE tenant = ?", tenant);
  }

  private static void requireOver(Connection c, String tenant) throws SQLException {
    refuse(
        c,
        "SELECT hold FROM legal_hold WHERE tenant = ? ORDER BY hold LIMIT 1",
        tenant,
        Refused.Code.LEGAL_HOLD,
        "legal hold %s keeps the tenant's content; nothing was destroyed, release the hold first");
    refuse(
        c,
        "SELECT run FROM run_index WHERE tenant = ? AND ended_at IS NULL ORDER BY run LIMIT 1",
        tenant,
        Refused.Code.RUN_NOT_OVER,
        "run %s is not over; nothing was destroyed, cancel it first");
    refuse(
        c,
        """
        SELECT worker FROM worker
         WHERE tenant = ? AND NOT ended AND release_until > clock_timestamp()
         ORDER BY worker LIMIT 1\
        """,
        tenant,
        Refused.Code.INVALID,
        "worker %s holds keys; nothing was destroyed, revoke it first (rails worker revoke)");
    refuse(
        c,
        "SELECT name FROM siem_subscriber WHERE tenant = ? AND act <> 'REVOKE' LIMIT 1",
        tenant,
        Refused.Code.INVALID,
        "SIEM subscriber %s reads the tenant's topics; nothing was destroyed, revoke it first");
  }

  private static void refuse(
      Connection c, String sql, String tenant, Refused.Code code, String sentence)
      throws SQLException {
    Optional<String> inTheWay = Sql.one(c, sql, row -> row.getString(1), tenant);
    if (inTheWay.isPresent()) {
      throw new Refused(code, sentence.formatted(inTheWay.get()));
    }
  }

  /// The rows are not those that were counted; everything is rolled back.
  static final class Changed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}

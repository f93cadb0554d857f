package ai.rails.command.privacy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

import ai.rails.domain.Refused;
import ai.rails.domain.privacy.LegalHoldEvent.Scope;
import ai.rails.platform.postgres.Sql;

/// Holds that stand, and who waits for whom: whoever places a hold locks the tenant's row alone,
/// whoever destroys content locks it with others. So a hold finds content destroyed already, or
/// keeps it.
final class Holds {
  /// A run and the forks that may read what it sealed, however deep.
  static final String FAMILY =
      """
      WITH RECURSIVE family(run) AS (
        SELECT ?::text
         UNION
        SELECT r.run FROM run_index r JOIN family f ON r.fork_of = f.run WHERE r.tenant = ?)
      """;

  /// That a hold `h` covers a run `r`.
  static final String COVERS =
      """
      h.tenant = r.tenant AND (h.scope = 'RUN' AND h.target = r.run
        OR h.scope = 'WORKSPACE' AND h.target = r.workspace
        OR h.scope = 'SUBJECT' AND h.target = r.subject)
      """;

  private static final String ALONE = "SELECT 1 FROM tenant WHERE tenant = ? FOR UPDATE";
  private static final String TOGETHER = "SELECT 1 FROM tenant WHERE tenant = ? FOR SHARE";
  private static final String OF_RUN =
      FAMILY
          + """
          SELECT h.hold FROM legal_hold h, run_index r
           WHERE r.tenant = ? AND r.run IN (SELECT run FROM family) AND\
          """
          + " "
          + COVERS
          + " ORDER BY h.hold LIMIT 1";
  private static final String OF_SUBJECT =
      """
      SELECT h.hold FROM legal_hold h
       WHERE h.tenant = ? AND (h.scope = 'SUBJECT' AND h.target = ? OR EXISTS (
         SELECT 1 FROM run_index r WHERE r.subject = ? AND r.erased_at IS NULL AND\
      """
          + " "
          + COVERS
          + ")) ORDER BY h.hold LIMIT 1";
  private static final String PLACE =
      "INSERT INTO legal_hold (tenant, hold, scope, target) VALUES (?, ?, ?, ?)";
  private static final String RELEASE = "DELETE FROM legal_hold WHERE tenant = ? AND hold = ?";

  private Holds() {}

  /// Until the transaction ends, nobody destroys content of the tenant.
  static void lockAlone(Connection c, String tenant) throws SQLException {
    Optional<Integer> _ = Sql.one(c, ALONE, row -> row.getInt(1), tenant);
  }

  /// Until the transaction ends, nobody places a hold in the tenant.
  static void lockTogether(Connection c, String tenant) throws SQLException {
    Optional<Integer> _ = Sql.one(c, TOGETHER, row -> row.getInt(1), tenant);
  }

  static void place(Connection c, String tenant, String hold, Scope scope, String target)
      throws SQLException {
    Sql.execute(c, PLACE, tenant, hold, scope.name(), target);
  }

  static void release(Connection c, String tenant, String hold) throws SQLException {
    Sql.execute(c, RELEASE, tenant, hold);
  }

  /// A hold on a fork keeps what the fork took over, too.
  ///
  /// @throws Refused with LEGAL_HOLD naming the hold
  static void requireNoneOnRun(Connection c, String tenant, String run) throws SQLException {
    refuse(
        Sql.one(c, OF_RUN, row -> row.getString(1), run, tenant, tenant),
        "the content of run " + run);
  }

  /// Neither on the person nor on one of the runs about him. Forks are about the same person.
  ///
  /// @throws Refused with LEGAL_HOLD naming the hold
  static void requireNoneOnSubject(Connection c, String tenant, String subject)
      throws SQLException {
    refuse(
        Sql.one(c, OF_SUBJECT, row -> row.getString(1), tenant, subject, subject),
        "content about subject " + subject);
  }

  private static void refuse(Optional<String> hold, String what) {
    if (hold.isPresent()) {
      throw new Refused(
          Refused.Code.LEGAL_HOLD,
          "legal hold %s keeps %s; nothing was erased, release the hold first"
              .formatted(hold.get(), what));
    }
  }
}

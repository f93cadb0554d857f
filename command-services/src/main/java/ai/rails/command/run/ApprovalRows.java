package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;

import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.platform.postgres.Sql;

/// Who decided what in the last days, whatever the channel: what one person's load is counted from.
final class ApprovalRows {
  private static final String NOTE =
      """
      INSERT INTO approval_given (tenant, approver, run, gate, verdict, call_digest)
      VALUES (?, ?, ?, ?, ?, ?)\
      """;
  private static final String FORGET =
      """
      DELETE FROM approval_given
       WHERE tenant = ? AND approver = ? AND given_at < clock_timestamp() - interval '7 days'\
      """;

  private ApprovalRows() {}

  static void note(Connection c, String tenant, HumanGateDecisioned e) throws SQLException {
    if (e.verdict() == Verdict.APPROVE || e.verdict() == Verdict.DENY) {
      Sql.execute(c, FORGET, tenant, e.approver());
      Sql.execute(
          c, NOTE, tenant, e.approver(), e.run(), e.gate(), e.verdict().name(), e.callDigest());
    }
  }
}

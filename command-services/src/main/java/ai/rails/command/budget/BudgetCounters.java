package ai.rails.command.budget;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

import ai.rails.domain.Refused;
import ai.rails.domain.budget.Money;
import ai.rails.platform.postgres.Sql;

/// What a workspace has reserved and spent in a calendar month (UTC), as rows under conditional
/// updates. A reservation belongs to the month it was made in, also when it is settled in the next.
///
/// Thread-safe; the row is locked until the caller's transaction ends, so it is written late in it.
public final class BudgetCounters {
  private static final DateTimeFormatter MONTH =
      DateTimeFormatter.ofPattern("yyyy-MM").withZone(ZoneOffset.UTC);

  private static final String CREATE =
      """
      INSERT INTO budget_counter (tenant, workspace, month, currency, limit_nanos)
      VALUES (?, ?, ?, ?, coalesce(
        (SELECT limit_nanos FROM budget_counter
          WHERE tenant = ? AND workspace = ? AND currency = ? AND month < ?
          ORDER BY month DESC LIMIT 1), ?))
      ON CONFLICT DO NOTHING
      """;
  private static final String RESERVE =
      """
      UPDATE budget_counter SET reserved_nanos = reserved_nanos + ?
       WHERE tenant = ? AND workspace = ? AND month = ? AND currency = ?
         AND reserved_nanos + spent_nanos + ? <= limit_nanos
      """;
  private static final String KEEP =
      """
      INSERT INTO budget_reservation (tenant, call_id, workspace, month, currency, nanos)
      VALUES (?, ?, ?, ?, ?, ?)
      """;
  private static final String SETTLE =
      """
      WITH r AS (
        DELETE FROM budget_reservation WHERE tenant = ? AND call_id = ? AND currency = ?
        RETURNING tenant, workspace, month, currency, nanos)
      UPDATE budget_counter b
         SET reserved_nanos = b.reserved_nanos - r.nanos, spent_nanos = b.spent_nanos + ?
        FROM r
       WHERE b.tenant = r.tenant AND b.workspace = r.workspace AND b.month = r.month
         AND b.currency = r.currency
      """;
  private static final String READ =
      """
      SELECT spent_nanos, reserved_nanos, limit_nanos FROM budget_counter
       WHERE tenant = ? AND workspace = ? AND month = ? AND currency = ?
      """;

  private final Money unset;

  /// @param unset monthly limit of a workspace for which none was set; other currencies have none
  public BudgetCounters(Money unset) {
    this.unset = unset;
  }

  /// A workspace's month.
  public record Standing(String currency, long spent, long reserved, long limit) {}

  /// Sets the worst case of a call aside.
  ///
  /// @throws Refused with BUDGET_EXCEEDED if it does not fit under the limit
  public void reserve(
      Connection connection,
      String tenant,
      String workspace,
      String callId,
      Money amount,
      Instant at)
      throws SQLException {
    String month = MONTH.format(at);
    create(connection, tenant, workspace, month, amount.currency());
    int fits =
        Sql.execute(
            connection,
            RESERVE,
            amount.nanos(),
            tenant,
            workspace,
            month,
            amount.currency(),
            amount.nanos());
    if (fits == 0) {
      throw new Refused(
          Refused.Code.BUDGET_EXCEEDED,
          "the budget of workspace %s for %s does not cover the call's worst case; raise the limit"
              .formatted(workspace, month));
    }
    Sql.execute(
        connection, KEEP, tenant, callId, workspace, month, amount.currency(), amount.nanos());
  }

  /// Puts what a call cost in the place of what was set aside for it.
  ///
  /// @throws Refused with INVALID if nothing was set aside in this currency
  public void settle(Connection connection, String tenant, String callId, Money actual)
      throws SQLException {
    int settled =
        Sql.execute(connection, SETTLE, tenant, callId, actual.currency(), actual.nanos());
    if (settled != 1) {
      throw new Refused(
          Refused.Code.INVALID,
          "call %s has nothing set aside in %s; settle in the currency of its estimate"
              .formatted(callId, actual.currency()));
    }
  }

  /// How the month stands, for policy.
  public Standing standing(
      Connection connection, String tenant, String workspace, String currency, Instant at)
      throws SQLException {
    String month = MONTH.format(at);
    create(connection, tenant, workspace, month, currency);
    return Sql.one(
            connection,
            READ,
            row -> new Standing(currency, row.getLong(1), row.getLong(2), row.getLong(3)),
            tenant,
            workspace,
            month,
            currency)
        .orElseThrow();
  }

  /// A month starts with the limit of the one before.
  private void create(
      Connection connection, String tenant, String workspace, String month, String currency)
      throws SQLException {
    long otherwise = currency.equals(unset.currency()) ? unset.nanos() : 0;
    Sql.execute(
        connection,
        CREATE,
        tenant,
        workspace,
        month,
        currency,
        tenant,
        workspace,
        currency,
        month,
        otherwise);
  }
}

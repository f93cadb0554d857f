package ai.rails.command.gate;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.TransactionPart;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// How much each person decides: whoever approves a hundred calls in an hour has looked at none of
/// them. The tenant's policy data may set a limit; a refusal is never limited.
public final class ApproverLoad {
  private static final String LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(?, 20))";
  private static final String COUNT =
      """
      SELECT count(*) FROM approval_given
       WHERE tenant = ? AND approver = ? AND verdict = 'APPROVE'
         AND given_at > clock_timestamp() - interval '1 hour'\
      """;
  private static final String SHOW =
      """
      SELECT approver, count(*) FILTER (WHERE given_at > clock_timestamp() - interval '1 hour'),
             count(*)
        FROM approval_given
       WHERE tenant = ? AND given_at > clock_timestamp() - interval '1 day'
       GROUP BY approver ORDER BY 2 DESC, 3 DESC, 1 LIMIT 500\
      """;
  private final Database database;
  private final PerHour limit;

  public ApproverLoad(Database database, PerHour limit) {
    this.database = database;
    this.limit = limit;
  }

  /// The tenant's limit of approvals that one person gives in an hour; empty if there is none.
  public interface PerHour {
    Optional<Integer> of(String tenant);
  }

  List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            "/access/v1/approvers",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.APPROVER, Role.AUDITOR, Role.OPERATOR),
            this::show));
  }

  private Answer show(Request request) {
    String tenant = request.principal().tenant();
    List<Map<String, Object>> items =
        database.inTenant(
            tenant,
            c ->
                Sql.all(
                    c,
                    SHOW,
                    row ->
                        Map.of(
                            "approver", row.getString(1),
                            "lastHour", row.getLong(2),
                            "lastDay", row.getLong(3)),
                    tenant));
    Map<String, Object> body = new HashMap<>(Map.of("items", items));
    limit.of(tenant).ifPresent(most -> body.put("limitPerHour", most));
    return Answer.ok(body);
  }

  /// Joins a decision's transaction: one person's decisions go one after the other, so that the
  /// limit holds whatever he sends at once.
  public TransactionPart check(String tenant, String approver, Verdict verdict) {
    Optional<Integer> most = verdict == Verdict.APPROVE ? limit.of(tenant) : Optional.empty();
    return c -> {
      if (most.isPresent()) {
        require(c, tenant, approver, most.get());
      }
    };
  }

  private static void require(Connection c, String tenant, String approver, int most)
      throws SQLException {
    var _ = Sql.one(c, LOCK, row -> 1, "load\n" + tenant + "\n" + approver);
    long given = Sql.one(c, COUNT, row -> row.getLong(1), tenant, approver).orElse(0L);
    if (given >= most) {
      throw new Refused(
          Code.TOO_MANY_APPROVALS,
          ("%s has approved %s calls in the last hour, as many as one person may; let another"
                  + " approver decide, or deny")
              .formatted(approver, given));
    }
  }
}

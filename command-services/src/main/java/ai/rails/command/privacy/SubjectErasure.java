package ai.rails.command.privacy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import ai.rails.command.CommandContext;
import ai.rails.command.Receipt;
import ai.rails.command.TransactionPart;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.run.RunPlace;
import ai.rails.domain.Header;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.privacy.ErasureCommand.EraseSubject;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Request;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Erases all runs about a person, each in a transaction of its own, and at last says so.
///
/// Cut short, it is asked again and goes on. What it finds may be more than one request does; the
/// answer then says what remains.
final class SubjectErasure {
  /// Most runs that one request erases.
  static final int MAX_RUNS = 200;

  private static final String LEFT =
      """
      SELECT run, workspace, environment, workflow, artifact_digest FROM run_index
       WHERE tenant = ? AND subject = ? AND erased_at IS NULL ORDER BY run LIMIT ?\
      """;
  private static final String COUNT =
      """
      SELECT count(*), count(*) FILTER (WHERE erased_at IS NULL),
             count(*) FILTER (WHERE ended_at IS NULL), min(run) FILTER (WHERE ended_at IS NULL),
             (SELECT count(*) FROM identity_link WHERE tenant = ? AND subject = ?)
        FROM run_index WHERE tenant = ? AND subject = ?\
      """;
  private static final List<String> UNLINK =
      List.of(
          "DELETE FROM identity_link WHERE tenant = ? AND subject = ?",
          "DELETE FROM identity_link_proposal WHERE tenant = ? AND subject = ?");

  private final Writes writes;
  private final Database database;
  private final Erasures erasures;

  SubjectErasure(Writes writes, Database database, Erasures erasures) {
    this.writes = writes;
    this.database = database;
    this.erasures = erasures;
  }

  /// How many runs there are about a person, and how many identities of his elsewhere are known.
  private record Known(int runs, int left, int running, String firstRunning, int links) {}

  /// @throws Refused with NOT_FOUND, RUN_NOT_OVER or LEGAL_HOLD; nothing was erased then
  Answer erase(Request request, String subject, Erasures.Ask ask) {
    String tenant = request.principal().tenant();
    Known known = database.inTenant(tenant, c -> allowed(c, tenant, subject));
    List<RunPlace> runs = database.inTenant(tenant, c -> left(c, tenant, subject));
    int remaining = known.left() - runs.size();
    return writes.once(
        request,
        Header.TENANT_WORKSPACE,
        Draft.ok(
            Map.of(
                "subject",
                subject,
                "erased",
                runs.size(),
                "remaining",
                remaining,
                "links",
                remaining == 0 ? known.links() : 0)),
        part -> {
          runs.forEach(run -> erasures.erase(run, ask, _ -> {}));
          return remaining == 0
              ? conclude(request, subject, ask, known, part)
              : database.inTenant(
                  tenant,
                  c -> {
                    part.write(c);
                    return new Receipt(0, List.of());
                  });
        });
  }

  private Receipt conclude(
      Request request, String subject, Erasures.Ask ask, Known known, TransactionPart part) {
    String tenant = request.principal().tenant();
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> unlink(c, tenant, subject, known))
            .with(part);
    return writes
        .bus()
        .dispatch(
            context,
            ErasureEntity.TYPE,
            new EraseSubject(tenant, subject, ask.reason(), known.runs(), known.links()));
  }

  private static void unlink(Connection c, String tenant, String subject, Known before)
      throws SQLException {
    Holds.lockTogether(c, tenant);
    Known now = allowed(c, tenant, subject);
    if (now.left() > 0 || now.runs() != before.runs() || now.links() != before.links()) {
      throw new Refused(
          Code.RUN_NOT_OVER,
          "there is a new run about subject %s; ask again when it is over".formatted(subject));
    }
    for (String sql : UNLINK) {
      int _ = Sql.execute(c, sql, tenant, subject);
    }
  }

  private static Known allowed(Connection c, String tenant, String subject) throws SQLException {
    Holds.requireNoneOnSubject(c, tenant, subject);
    Known known =
        Sql.one(
                c,
                COUNT,
                row ->
                    new Known(
                        row.getInt(1),
                        row.getInt(2),
                        row.getInt(3),
                        row.getInt(3) == 0 ? "" : row.getString(4),
                        row.getInt(5)),
                tenant,
                subject,
                tenant,
                subject)
            .orElseThrow();
    if (known.runs() == 0 && known.links() == 0) {
      throw new Refused(
          Code.NOT_FOUND, "no run is about subject %s, and no identity is his".formatted(subject));
    }
    if (known.running() > 0) {
      throw new Refused(
          Code.RUN_NOT_OVER,
          "%d runs about subject %s are not over, the first is %s; cancel them first"
              .formatted(known.running(), subject, known.firstRunning()));
    }
    return known;
  }

  private static List<RunPlace> left(Connection c, String tenant, String subject)
      throws SQLException {
    return Sql.all(
        c,
        LEFT,
        row ->
            new RunPlace(
                tenant,
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5)),
        tenant,
        subject,
        MAX_RUNS);
  }
}

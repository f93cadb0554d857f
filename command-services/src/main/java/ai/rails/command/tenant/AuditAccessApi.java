package ai.rails.command.tenant;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.tenant.PersonCommand.EndAuditAccess;
import ai.rails.domain.tenant.PersonCommand.GrantAuditAccess;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Letting an auditor from outside in, for a time: read-only, and for people who sign in at a
/// registered provider as for programs.
public final class AuditAccessApi {
  private static final int MAX_HOURS = 90 * 24;
  private static final String INSERT =
      """
      INSERT INTO audit_access (tenant, access, subject, until, granted_by) VALUES (?, ?, ?, ?, ?)\
      """;
  private static final String LIST =
      """
      SELECT access, subject, until, granted_by, granted_at, ended_at, ended_by
        FROM audit_access WHERE tenant = ? ORDER BY granted_at DESC, access LIMIT 1000\
      """;

  private final Writes writes;
  private final Database database;
  private final InstantSource clock;

  public AuditAccessApi(Writes writes, Database database, InstantSource clock) {
    this.writes = writes;
    this.database = database;
    this.clock = clock;
  }

  /// `POST /v1/audit-access`.
  ///
  /// @param hours until it ends, 1 to 2160
  public record NewAccess(String subject, int hours) {}

  public List<Route> routes() {
    Access admins = Access.roles(Role.ADMIN);
    return List.of(
        new Route("POST", "/v1/audit-access", Label.STRONG, admins, this::grant),
        new Route("DELETE", "/v1/audit-access/{access}", Label.STRONG, admins, this::end),
        new Route(
            "GET",
            "/access/v1/audit-access",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.AUDITOR),
            this::list));
  }

  private Answer grant(Request request) {
    String tenant = request.principal().tenant();
    String by = request.principal().subject();
    NewAccess asked = request.json(NewAccess.class);
    String subject = Limits.requireId("subject", asked.subject());
    if (asked.hours() < 1 || asked.hours() > MAX_HOURS) {
      throw Problem.invalid("hours is 1 to " + MAX_HOURS);
    }
    Instant until =
        clock.instant().truncatedTo(ChronoUnit.SECONDS).plus(asked.hours(), ChronoUnit.HOURS);
    String access = writes.newId();
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              int _ = Sql.execute(c, INSERT, tenant, access, subject, Timestamp.from(until), by);
            });
    return writes.once(
        request,
        context,
        Draft.created(
            "/access/v1/audit-access",
            Map.of("access", access, "subject", subject, "until", until.toString())),
        PersonEntity.TYPE,
        new GrantAuditAccess(tenant, subject, access, until, by));
  }

  private Answer end(Request request) {
    String tenant = request.principal().tenant();
    String by = request.principal().subject();
    String access = Limits.requireId("access", request.path("access"));
    String subject =
        database
            .inTenant(
                tenant,
                c ->
                    Sql.one(
                        c,
                        "SELECT subject FROM audit_access WHERE tenant = ? AND access = ?",
                        row -> row.getString(1),
                        tenant,
                        access))
            .orElseThrow(() -> Problem.notFound("access " + access));
    return writes.give(
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> AuditAccess.end(c, tenant, access, by)),
        Draft.ok(Map.of("access", access, "subject", subject)),
        PersonEntity.TYPE,
        new EndAuditAccess(tenant, subject, access, Optional.of(by)));
  }

  private Answer list(Request request) {
    String tenant = request.principal().tenant();
    List<Map<String, Object>> items =
        database.inTenant(tenant, c -> Sql.all(c, LIST, this::shown, tenant));
    return Answer.ok(Map.of("items", items));
  }

  private Map<String, Object> shown(ResultSet row) throws SQLException {
    Instant until = row.getTimestamp(3).toInstant();
    Map<String, Object> shown = new TreeMap<>();
    shown.put("access", row.getString(1));
    shown.put("subject", row.getString(2));
    shown.put("until", until.toString());
    shown.put("grantedBy", row.getString(4));
    shown.put("grantedAt", row.getTimestamp(5).toInstant().toString());
    Timestamp ended = row.getTimestamp(6);
    shown.put("living", ended == null && clock.instant().isBefore(until));
    if (ended != null) {
      shown.put("endedAt", ended.toInstant().toString());
      shown.put("endedBy", row.getString(7));
    }
    return shown;
  }
}

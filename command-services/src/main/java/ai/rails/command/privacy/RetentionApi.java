package ai.rails.command.privacy;

import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.privacy.Retention;
import ai.rails.domain.privacy.RetentionCommand.SetRetention;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Sql;

/// How long a tenant keeps what.
final class RetentionApi {
  private static final String SET =
      """
      INSERT INTO retention (tenant, content_days, trace_days, audit_days, due_at)
      VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (tenant) DO UPDATE
        SET content_days = excluded.content_days, trace_days = excluded.trace_days,
            audit_days = excluded.audit_days, due_at = excluded.due_at\
      """;

  private final Writes writes;
  private final InstantSource clock;

  RetentionApi(Writes writes, InstantSource clock) {
    this.writes = writes;
    this.clock = clock;
  }

  /// `PUT /v1/tenants/{tenant}/retention`.
  record Periods(int contentDays, int traceDays, int auditDays) {}

  List<Route> routes() {
    return List.of(
        new Route(
            "PUT",
            "/v1/tenants/{tenant}/retention",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.PRIVACY),
            this::set));
  }

  private Answer set(Request request) {
    Periods asked = request.json(Periods.class);
    String tenant = request.principal().tenant();
    if (!request.path("tenant").equals(tenant)) {
      throw Problem.notFound("the tenant");
    }
    return writes.give(
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c ->
                Sql.execute(
                    c,
                    SET,
                    tenant,
                    asked.contentDays(),
                    asked.traceDays(),
                    asked.auditDays(),
                    Timestamp.from(clock.instant()))),
        Draft.ok(
            Map.of(
                "tenant", tenant,
                "contentDays", asked.contentDays(),
                "traceDays", asked.traceDays(),
                "auditDays", asked.auditDays())),
        RetentionEntity.TYPE,
        new SetRetention(
            tenant, new Retention(asked.contentDays(), asked.traceDays(), asked.auditDays())));
  }
}

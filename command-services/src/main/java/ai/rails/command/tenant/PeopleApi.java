package ai.rails.command.tenant;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import ai.rails.command.http.Workspaces;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Which roles a subject has, and who it is in Slack. Subjects are opaque; names are not kept here.
public final class PeopleApi {
  private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9-]{0,39}");
  private static final Pattern SLACK_USER =
      Pattern.compile("[A-Z][A-Z0-9]{1,20}\\.[A-Z][A-Z0-9]{1,20}");
  private static final int MAX_ROLES = 16;
  private static final String AUDITOR = "auditor";

  private final Database database;
  private final TenantChanged changed;

  public PeopleApi(Database database, TenantChanged changed) {
    this.database = database;
    this.changed = changed;
  }

  /// `PUT /v1/workspaces/{ws}/roles/{subject}`: the roles that the subject has from now on.
  public record Roles(List<String> roles) {}

  /// `PUT /v1/identity-links/slack/{external}`.
  public record Link(String subject) {}

  public List<Route> routes() {
    Access admins = Access.roles(Role.ADMIN);
    return List.of(
        new Route("PUT", "/v1/workspaces/{ws}/roles/{subject}", Label.STRONG, admins, this::roles),
        new Route("PUT", "/v1/identity-links/slack/{external}", Label.STRONG, admins, this::link));
  }

  /// The roles of a subject in a tenant.
  public static Set<String> rolesOf(Connection connection, String tenant, String subject)
      throws SQLException {
    return new TreeSet<>(
        Sql.all(
            connection,
            "SELECT role FROM principal_role WHERE tenant = ? AND subject = ?",
            row -> row.getString(1),
            tenant,
            subject));
  }

  private Answer roles(Request request) {
    String tenant = request.principal().tenant();
    String subject = Limits.requireId("subject", request.path("subject"));
    Set<String> roles = checked(request.json(Roles.class).roles());
    if (subject.equals(request.principal().subject())) {
      throw new Problem(
          403, "FORBIDDEN", "nobody gives roles to himself; ask another administrator");
    }
    long position =
        database.inTransaction(connection -> {
          Workspaces.position(connection, tenant, request.path("ws"));
          Sql.execute(
              connection,
              "DELETE FROM principal_role WHERE tenant = ? AND subject = ?",
              tenant,
              subject);
          for (String role : roles) {
            Sql.execute(
                connection,
                "INSERT INTO principal_role (tenant, subject, role) VALUES (?, ?, ?)",
                tenant,
                subject,
                role);
          }
          return Workspaces.position(connection, tenant, Header.TENANT_WORKSPACE);
        });
    changed.changed(tenant);
    return Answer.ok(Map.of("subject", subject, "roles", roles, "position", position));
  }

  private Answer link(Request request) {
    String tenant = request.principal().tenant();
    String external = request.path("external");
    if (!SLACK_USER.matcher(external).matches()) {
      throw Problem.invalid("a Slack identity is <team id>.<user id>, for example T012AB3.U045CD6");
    }
    String subject = Limits.requireId("subject", request.json(Link.class).subject());
    long position =
        database.inTransaction(connection -> {
          Sql.execute(
              connection,
              """
              INSERT INTO identity_link (tenant, provider, external_id, subject)
              VALUES (?, 'slack', ?, ?)
              ON CONFLICT (tenant, provider, external_id) DO UPDATE SET subject = excluded.subject\
              """,
              tenant,
              external,
              subject);
          return Workspaces.position(connection, tenant, Header.TENANT_WORKSPACE);
        });
    return Answer.ok(Map.of("external", external, "subject", subject, "position", position));
  }

  private static Set<String> checked(List<String> roles) {
    if (roles.size() > MAX_ROLES) {
      throw Problem.invalid("a subject has at most %d roles".formatted(MAX_ROLES));
    }
    for (String role : roles) {
      if (!ROLE.matcher(role).matches()) {
        throw Problem.invalid("a role is 1 to 40 lower-case letters, digits or hyphens");
      }
    }
    Set<String> distinct = new TreeSet<>(roles);
    if (distinct.contains(AUDITOR) && distinct.size() > 1) {
      throw Problem.invalid("an auditor changes nothing and so has no other role");
    }
    return distinct;
  }
}

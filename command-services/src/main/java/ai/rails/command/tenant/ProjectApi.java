package ai.rails.command.tenant;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.Refused;
import ai.rails.domain.tenant.TenantCommand.RemoveProject;
import ai.rails.domain.tenant.TenantCommand.SetProject;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Sql;

/// Saying which workspaces and workflows belong together, and to whom.
public final class ProjectApi {
  private static final String PATH = "/v1/projects/{project}";

  private final Writes writes;

  public ProjectApi(Writes writes) {
    this.writes = writes;
  }

  /// `PUT /v1/projects/{project}`: what it is from now on, as a whole.
  ///
  /// @param owner subject who answers for it
  /// @param workspaces none, if it is left out
  /// @param workflows none, if it is left out
  public record NewProject(
      String owner, Optional<List<String>> workspaces, Optional<List<String>> workflows) {}

  public List<Route> routes() {
    Access administrators = Access.roles(Role.ADMIN);
    return List.of(
        new Route("PUT", PATH, Label.STRONG, administrators, this::set),
        new Route("DELETE", PATH, Label.STRONG, administrators, this::remove));
  }

  private Answer set(Request request) {
    String tenant = request.principal().tenant();
    String project = request.path("project");
    NewProject asked = request.json(NewProject.class);
    List<String> workspaces = sorted(asked.workspaces());
    List<String> workflows = sorted(asked.workflows());
    return writes.give(
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(connection -> requireWorkflows(connection, tenant, workflows)),
        Draft.ok(
            Map.of(
                "project", project,
                "owner", asked.owner(),
                "workspaces", workspaces,
                "workflows", workflows)),
        TenantEntity.TYPE,
        new SetProject(tenant, project, asked.owner(), workspaces, workflows));
  }

  private Answer remove(Request request) {
    String project = request.path("project");
    return writes.give(
        writes.context(request, Header.TENANT_WORKSPACE),
        Draft.ok(Map.of("project", project)),
        TenantEntity.TYPE,
        new RemoveProject(request.principal().tenant(), project));
  }

  private static List<String> sorted(Optional<List<String>> names) {
    return List.copyOf(new TreeSet<>(names.orElse(List.of())));
  }

  private static void requireWorkflows(Connection connection, String tenant, List<String> workflows)
      throws SQLException {
    for (String workflow : workflows) {
      boolean known =
          Sql.one(
                  connection,
                  "SELECT 1 FROM workflow_artifact WHERE tenant = ? AND workflow = ? LIMIT 1",
                  row -> row.getInt(1),
                  tenant,
                  workflow)
              .isPresent();
      if (!known) {
        throw new Refused(
            Refused.Code.NOT_FOUND,
            "there is no workflow %s; publish it first".formatted(workflow));
      }
    }
  }
}

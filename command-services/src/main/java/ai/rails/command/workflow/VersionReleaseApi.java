package ai.rails.command.workflow;

import java.util.List;
import java.util.Map;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Limits;
import ai.rails.domain.workflow.WorkflowCommand.ApproveRelease;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// Letting a version run in production: the record of who looked at it and is not its author.
public final class VersionReleaseApi {
  private final Writes writes;
  private final Database database;

  public VersionReleaseApi(Writes writes, Database database) {
    this.writes = writes;
    this.database = database;
  }

  /// `POST /v1/workspaces/{ws}/workflows/{id}/releases`.
  public record NewRelease(String environment, String version) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/workspaces/{ws}/workflows/{id}/releases",
            Label.STRONG,
            Access.roles(Role.APPROVER),
            this::approve));
  }

  private Answer approve(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    String workflow = Limits.requireId("workflow", request.path("id"));
    NewRelease asked = request.json(NewRelease.class);
    String environment = ActiveWorkflows.requireEnvironment(asked.environment());
    String version = Limits.requireId("version", asked.version());
    String digest = WorkflowApi.digestOf(database, tenant, workspace, workflow, version);
    CommandContext context = WorkflowApi.scoped(writes.context(request, workspace), workflow);
    return writes.once(
        request,
        context,
        Draft.ok(
            Map.of(
                "workflow", workflow,
                "version", version,
                "environment", environment,
                "artifactDigest", digest)),
        WorkflowEntity.TYPE,
        new ApproveRelease(tenant, workflow, environment, version, request.principal().subject()));
  }
}

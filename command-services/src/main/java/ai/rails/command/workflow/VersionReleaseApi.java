package ai.rails.command.workflow;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Limits;
import ai.rails.domain.workflow.WorkflowCommand.ApproveRelease;
import ai.rails.domain.workflow.WorkflowCommand.WithdrawRelease;
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

  /// `POST /v1/workspaces/{ws}/workflows/{id}/release-withdrawals`.
  ///
  /// @param reason a code; `WITHDRAWN` if it is left out
  public record Withdrawal(String environment, String version, Optional<String> reason) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/workspaces/{ws}/workflows/{id}/releases",
            Label.STRONG,
            Access.roles(Role.APPROVER),
            this::approve),
        new Route(
            "POST",
            "/v1/workspaces/{ws}/workflows/{id}/release-withdrawals",
            Label.STRONG,
            Access.roles(Role.APPROVER, Role.OPERATOR, Role.ADMIN),
            this::withdraw));
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

  /// The version stops to be the one that new runs start on, in the same transaction. Runs that are
  /// under way go on, on the version on which they began.
  private Answer withdraw(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    String workflow = Limits.requireId("workflow", request.path("id"));
    Withdrawal asked = request.json(Withdrawal.class);
    String environment = ActiveWorkflows.requireEnvironment(asked.environment());
    String version = Limits.requireId("version", asked.version());
    String digest = WorkflowApi.digestOf(database, tenant, workspace, workflow, version);
    CommandContext context =
        WorkflowApi.scoped(writes.context(request, workspace), workflow)
            .with(c -> {
              if (ActiveWorkflows.isActive(c, tenant, workspace, workflow, environment, digest)) {
                ActiveWorkflows.deactivate(c, tenant, workspace, workflow, environment);
              }
            });
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
        new WithdrawRelease(
            tenant,
            workflow,
            environment,
            version,
            request.principal().subject(),
            asked.reason().orElse("WITHDRAWN")));
  }
}

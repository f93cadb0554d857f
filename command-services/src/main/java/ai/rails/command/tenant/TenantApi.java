package ai.rails.command.tenant;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.tenant.TenantCommand.ConfirmProvisioned;
import ai.rails.domain.tenant.TenantCommand.CreateTenant;
import ai.rails.domain.tenant.TenantCommand.CreateWorkspace;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Sql;

/// Admitting tenants to this cell and giving them workspaces.
public final class TenantApi {
  private final Writes writes;
  private final String cell;
  private final String region;

  /// @param region a tenant of another region is refused here
  public TenantApi(Writes writes, String cell, String region) {
    this.writes = writes;
    this.cell = cell;
    this.region = region;
  }

  /// `POST /v1/tenants`.
  public record NewTenant(String tenant, String region) {}

  /// `POST /v1/workspaces`.
  public record NewWorkspace(String workspace) {}

  public List<Route> routes() {
    return List.of(
        new Route("POST", "/v1/tenants", Label.STRONG, Access.roles(Role.PLATFORM), this::create),
        new Route(
            "POST",
            "/v1/tenants/{tenant}/provisioned",
            Label.STRONG,
            Access.roles(Role.SERVICE),
            this::provisioned),
        new Route(
            "POST",
            "/v1/workspaces",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.PLATFORM),
            this::createWorkspace));
  }

  private Answer create(Request request) {
    NewTenant asked = request.json(NewTenant.class);
    if (!asked.region().equals(region)) {
      throw Problem.invalid(
          "this cell serves region %s; create the tenant in a cell of its region"
              .formatted(region));
    }
    CommandContext context =
        writes
            .context(request, asked.tenant(), Header.TENANT_WORKSPACE)
            .with(connection -> insert(connection, asked.tenant()));
    return writes.once(
        request,
        context,
        Draft.accepted(
            "/v1/tenants/" + asked.tenant(),
            Map.of("tenant", asked.tenant(), "status", "PROVISIONING")),
        TenantEntity.TYPE,
        new CreateTenant(asked.tenant(), asked.region(), cell));
  }

  private Answer provisioned(Request request) {
    String tenant = request.path("tenant");
    CommandContext context =
        writes
            .context(request, tenant, Header.TENANT_WORKSPACE)
            .with(connection ->
                Sql.execute(
                    connection,
                    """
                    UPDATE tenant SET status = 'ACTIVE'
                     WHERE tenant = ? AND status = 'PROVISIONING'\
                    """,
                    tenant));
    return writes.once(
        request,
        context,
        Draft.ok(Map.of("tenant", tenant, "status", "ACTIVE")),
        TenantEntity.TYPE,
        new ConfirmProvisioned(tenant));
  }

  private Answer createWorkspace(Request request) {
    String workspace = request.json(NewWorkspace.class).workspace();
    String tenant = request.principal().tenant();
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(connection -> insertHead(connection, tenant, workspace));
    return writes.once(
        request,
        context,
        Draft.created("/v1/workspaces/" + workspace, Map.of("workspace", workspace)),
        TenantEntity.TYPE,
        new CreateWorkspace(tenant, workspace));
  }

  private void insert(Connection connection, String tenant) throws SQLException {
    Sql.execute(
        connection,
        """
        INSERT INTO tenant (tenant, region, cell, status) VALUES (?, ?, ?, 'PROVISIONING')
        ON CONFLICT DO NOTHING\
        """,
        tenant,
        region,
        cell);
    insertHead(connection, tenant, Header.TENANT_WORKSPACE);
  }

  /// A log's head before its first event.
  private static void insertHead(Connection connection, String tenant, String workspace)
      throws SQLException {
    Sql.execute(
        connection,
        """
        INSERT INTO workspace_head (tenant, workspace, position, recorded_at)
        VALUES (?, ?, 0, 'epoch') ON CONFLICT DO NOTHING\
        """,
        tenant,
        workspace);
  }
}

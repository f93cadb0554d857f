package ai.rails.domain.tenant;

/// What a tenant can be asked.
public sealed interface TenantCommand {
  String tenant();

  /// Admits a tenant to a cell. Asked again with the same values it changes nothing.
  record CreateTenant(String tenant, String region, String cell) implements TenantCommand {}

  /// Its topics, principals and limits exist now.
  record ConfirmProvisioned(String tenant) implements TenantCommand {}

  /// Gives it a further workspace.
  record CreateWorkspace(String tenant, String workspaceId) implements TenantCommand {}
}

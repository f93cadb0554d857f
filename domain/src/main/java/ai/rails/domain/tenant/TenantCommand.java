package ai.rails.domain.tenant;

import java.util.List;

/// What a tenant can be asked.
public sealed interface TenantCommand {
  String tenant();

  /// Admits a tenant to a cell. Asked again with the same values it changes nothing.
  record CreateTenant(String tenant, String region, String cell) implements TenantCommand {}

  /// Its topics, principals and limits exist now.
  record ConfirmProvisioned(String tenant) implements TenantCommand {}

  /// Gives it a further workspace.
  record CreateWorkspace(String tenant, String workspaceId) implements TenantCommand {}

  /// Says what an environment is for, once and for ever. What demands less than its name does takes
  /// a second administrator, who says the same.
  record DeclareEnvironment(String tenant, String environment, EnvironmentKind kind, String by)
      implements TenantCommand {}

  /// Says what a project is from now on. Again with the same values it changes nothing.
  ///
  /// @param workspaces whole ones
  /// @param workflows of other workspaces
  record SetProject(
      String tenant, String project, String owner, List<String> workspaces, List<String> workflows)
      implements TenantCommand {
    public SetProject {
      workspaces = List.copyOf(workspaces);
      workflows = List.copyOf(workflows);
    }
  }

  /// Dissolves a project; what was in it belongs to none.
  record RemoveProject(String tenant, String project) implements TenantCommand {}

  /// Asks that it be offboarded.
  ///
  /// @param reason a code
  record ProposeOffboarding(String tenant, String reason, String by) implements TenantCommand {}

  /// Takes that back, or refuses it.
  record WithdrawOffboarding(String tenant, String by) implements TenantCommand {}

  /// Offboards it, as somebody else proposed. What is destroyed goes in the same transaction.
  ///
  /// @param kek its key-encryption key
  record Offboard(String tenant, String by, String kek, Destroyed destroyed)
      implements TenantCommand {}

  /// Its key-encryption key is no more.
  ///
  /// @param refused how many of the wrapped keys that were tried did not open afterwards
  record ConfirmKeyDestroyed(String tenant, String kek, int refused) implements TenantCommand {}

  /// What was there and is not.
  record Destroyed(
      int runKeys, int workflowKeys, int ingestKeys, int webhookSecrets, int ciphertexts) {}
}

package ai.rails.domain.tenant;

import java.util.List;
import java.util.Optional;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What happens to a tenant. Until it is provisioned it takes no other command.
public sealed interface TenantEvent extends Event {
  String tenant();

  /// A tenant was admitted to this cell.
  record TenantCreated(String tenant, String region, String cell) implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.TENANT_CREATED;
    }
  }

  /// Its topics, principals and limits exist.
  record TenantProvisioned(String tenant) implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.TENANT_PROVISIONED;
    }
  }

  /// Somebody asks that it be offboarded.
  ///
  /// @param reason a code
  record TenantOffboardingProposed(String tenant, String reason, String by) implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.TENANT_OFFBOARDING_PROPOSED;
    }
  }

  /// It stays.
  record TenantOffboardingWithdrawn(String tenant, String by) implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.TENANT_OFFBOARDING_WITHDRAWN;
    }
  }

  /// It is no more a tenant: wrapped keys and ciphertexts were destroyed with this entry; its
  /// key-encryption key follows.
  record TenantOffboarded(
      String tenant,
      String proposedBy,
      String by,
      String kek,
      int runKeys,
      int workflowKeys,
      int ingestKeys,
      int webhookSecrets,
      int ciphertexts)
      implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.TENANT_OFFBOARDED;
    }
  }

  /// Its key-encryption key was destroyed, so that copies of wrapped keys, in backups too, open
  /// nothing.
  ///
  /// @param refused how many of the wrapped keys that were tried did not open afterwards
  record TenantKeyDestroyed(String tenant, String kek, int refused) implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.TENANT_KEY_DESTROYED;
    }
  }

  /// It has a further workspace, which has a log of its own.
  record WorkspaceCreated(String tenant, String workspaceId) implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.WORKSPACE_CREATED;
    }
  }

  /// An administrator wants an environment to demand less than its name does; another one says the
  /// same, or nobody.
  record EnvironmentProposed(String tenant, String environmentId, EnvironmentKind kind, String by)
      implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.ENVIRONMENT_PROPOSED;
    }
  }

  /// It has said what an environment is for.
  ///
  /// @param proposedBy the other administrator, where it took two
  record EnvironmentDeclared(
      String tenant,
      String environmentId,
      EnvironmentKind kind,
      String by,
      Optional<String> proposedBy)
      implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.ENVIRONMENT_DECLARED;
    }
  }

  /// These workspaces and workflows, and no others, are a project of that owner.
  record ProjectSet(
      String tenant,
      String projectId,
      String owner,
      List<String> workspaces,
      List<String> workflows)
      implements TenantEvent {
    public ProjectSet {
      workspaces = List.copyOf(workspaces);
      workflows = List.copyOf(workflows);
    }

    @Override
    public EntryType entryType() {
      return EntryType.PROJECT_SET;
    }
  }

  /// There is no such project any more.
  record ProjectRemoved(String tenant, String projectId) implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.PROJECT_REMOVED;
    }
  }
}

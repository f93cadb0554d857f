package ai.rails.domain.tenant;

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

  /// It has a further workspace, which has a log of its own.
  record WorkspaceCreated(String tenant, String workspaceId) implements TenantEvent {
    @Override
    public EntryType entryType() {
      return EntryType.WORKSPACE_CREATED;
    }
  }
}

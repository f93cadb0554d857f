package ai.rails.command.tenant;

/// Told after a tenant's roles, instances or workflows changed, so that its policy data can be made
/// anew.
@FunctionalInterface
public interface TenantChanged {
  void changed(String tenant);
}

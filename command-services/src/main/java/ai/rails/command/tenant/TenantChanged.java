package ai.rails.command.tenant;

import ai.rails.command.CommandContext;

/// Told after a tenant's roles, instances or workflows changed, so that its policy data can be made
/// anew.
@FunctionalInterface
public interface TenantChanged {
  /// @param because of the command that changed them
  void changed(CommandContext because);
}

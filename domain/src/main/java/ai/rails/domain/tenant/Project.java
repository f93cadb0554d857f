package ai.rails.domain.tenant;

import java.util.Set;

/// What belongs together and to somebody: whole workspaces, and workflows of others.
///
/// @param owner subject who answers for it
public record Project(String owner, Set<String> workspaces, Set<String> workflows) {
  public Project {
    workspaces = Set.copyOf(workspaces);
    workflows = Set.copyOf(workflows);
  }
}

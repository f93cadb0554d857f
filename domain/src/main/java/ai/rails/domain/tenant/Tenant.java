package ai.rails.domain.tenant;

import java.util.Set;

/// A tenant as its events made it.
///
/// @param region where it lives; it never changes
public record Tenant(Status status, String region, String cell, Set<String> workspaces) {
  /// Before the first event.
  public static final Tenant NONE = new Tenant(Status.NONE, "", "", Set.of());

  public Tenant {
    workspaces = Set.copyOf(workspaces);
  }

  /// How far it is.
  public enum Status {
    NONE,
    PROVISIONING,
    ACTIVE
  }
}

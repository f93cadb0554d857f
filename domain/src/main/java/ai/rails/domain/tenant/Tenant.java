package ai.rails.domain.tenant;

import java.util.Optional;
import java.util.Set;

/// A tenant as its events made it.
///
/// @param region where it lives; it never changes
/// @param leaving who proposed to offboard it
/// @param kek key-encryption key that is to be destroyed, of one that has been offboarded
public record Tenant(
    Status status,
    String region,
    String cell,
    Set<String> workspaces,
    Optional<String> leaving,
    Optional<String> kek) {
  /// Before the first event.
  public static final Tenant NONE =
      new Tenant(Status.NONE, "", "", Set.of(), Optional.empty(), Optional.empty());

  public Tenant {
    workspaces = Set.copyOf(workspaces);
  }

  Tenant is(Status now) {
    return new Tenant(now, region, cell, workspaces, leaving, kek);
  }

  Tenant leaving(Optional<String> by) {
    return new Tenant(status, region, cell, workspaces, by, kek);
  }

  Tenant without(Optional<String> key) {
    return new Tenant(status, region, cell, workspaces, leaving, key);
  }

  /// How far it is.
  public enum Status {
    NONE,
    PROVISIONING,
    ACTIVE,
    /// It takes no command any more, and nothing of its content can be opened.
    OFFBOARDED
  }
}

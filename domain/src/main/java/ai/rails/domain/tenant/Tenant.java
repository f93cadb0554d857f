package ai.rails.domain.tenant;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import ai.rails.domain.tenant.TenantEvent.EnvironmentProposed;

/// A tenant as its events made it.
///
/// @param region where it lives; it never changes
/// @param leaving who proposed to offboard it
/// @param kek key-encryption key that is to be destroyed, of one that has been offboarded
/// @param environments what was declared, by name
/// @param proposed what a second administrator has not said yet, by environment
public record Tenant(
    Status status,
    String region,
    String cell,
    Set<String> workspaces,
    Optional<String> leaving,
    Optional<String> kek,
    Map<String, EnvironmentKind> environments,
    Map<String, EnvironmentProposed> proposed,
    Map<String, Project> projects) {
  /// Before the first event.
  public static final Tenant NONE = in(Status.NONE, "", "");

  public Tenant {
    workspaces = Set.copyOf(workspaces);
    environments = Map.copyOf(environments);
    proposed = Map.copyOf(proposed);
    projects = Map.copyOf(projects);
  }

  static Tenant in(Status status, String region, String cell) {
    return new Tenant(
        status,
        region,
        cell,
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        Map.of());
  }

  /// What an environment is for: what was declared, or else what its name says.
  public EnvironmentKind kindOf(String environment) {
    return environments.getOrDefault(environment, EnvironmentKind.named(environment));
  }

  /// Whether a declaration waits for another administrator: it demands less than the name does, and
  /// nobody else has said the same.
  public boolean waits(String environment, EnvironmentKind kind, String by) {
    boolean less = EnvironmentKind.named(environment).needsRelease() && !kind.needsRelease();
    return less
        && !environments.containsKey(environment)
        && Optional.ofNullable(proposed.get(environment))
            .filter(other -> other.kind() == kind && !other.by().equals(by))
            .isEmpty();
  }

  Tenant is(Status now) {
    return new Tenant(
        now, region, cell, workspaces, leaving, kek, environments, proposed, projects);
  }

  Tenant leaving(Optional<String> by) {
    return new Tenant(status, region, cell, workspaces, by, kek, environments, proposed, projects);
  }

  Tenant without(Optional<String> key) {
    return new Tenant(
        status, region, cell, workspaces, leaving, key, environments, proposed, projects);
  }

  Tenant and(String workspace) {
    Set<String> all = new HashSet<>(workspaces);
    all.add(workspace);
    return new Tenant(status, region, cell, all, leaving, kek, environments, proposed, projects);
  }

  Tenant proposed(EnvironmentProposed event) {
    Map<String, EnvironmentProposed> all = new HashMap<>(proposed);
    all.put(event.environmentId(), event);
    return new Tenant(status, region, cell, workspaces, leaving, kek, environments, all, projects);
  }

  Tenant declared(String environment, EnvironmentKind kind) {
    Map<String, EnvironmentKind> all = new HashMap<>(environments);
    all.put(environment, kind);
    Map<String, EnvironmentProposed> open = new HashMap<>(proposed);
    open.remove(environment);
    return new Tenant(status, region, cell, workspaces, leaving, kek, all, open, projects);
  }

  Tenant with(String name, Optional<Project> project) {
    Map<String, Project> all = new HashMap<>(projects);
    project.ifPresentOrElse(now -> all.put(name, now), () -> all.remove(name));
    return new Tenant(status, region, cell, workspaces, leaving, kek, environments, proposed, all);
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

package ai.rails.domain.tenant;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.TenantCommand.RemoveProject;
import ai.rails.domain.tenant.TenantCommand.SetProject;
import ai.rails.domain.tenant.TenantEvent.ProjectRemoved;
import ai.rails.domain.tenant.TenantEvent.ProjectSet;

/// What projects hold. A thing belongs to one project at most, so that its cost is counted once; a
/// workflow that is named itself belongs to that project and not to its workspace's.
final class ProjectRules {
  static final int MAX_PROJECTS = 200;
  static final int MAX_WORKFLOWS = 200;

  private ProjectRules() {}

  static List<TenantEvent> set(Tenant tenant, SetProject c) {
    TenantRules.requireName("project", c.project());
    Limits.requireId("owner", c.owner());
    c.workflows().forEach(workflow -> Limits.requireId("workflow", workflow));
    if (c.workflows().size() > MAX_WORKFLOWS) {
      throw new Refused(
          Code.INVALID, "a project has at most %d workflows".formatted(MAX_WORKFLOWS));
    }
    for (String workspace : c.workspaces()) {
      if (!tenant.workspaces().contains(workspace)) {
        throw new Refused(
            Code.NOT_FOUND,
            "there is no workspace %s".formatted(Limits.requireId("workspace", workspace)));
      }
    }
    requireFree(tenant, c, "workspace", c.workspaces(), Project::workspaces);
    requireFree(tenant, c, "workflow", c.workflows(), Project::workflows);
    Project asked = new Project(c.owner(), Set.copyOf(c.workspaces()), Set.copyOf(c.workflows()));
    Optional<Project> known = Optional.ofNullable(tenant.projects().get(c.project()));
    if (known.filter(asked::equals).isPresent()) {
      return List.of();
    }
    if (known.isEmpty() && tenant.projects().size() >= MAX_PROJECTS) {
      throw new Refused(
          Code.INVALID,
          "tenant %s has %d projects, which is the limit".formatted(c.tenant(), MAX_PROJECTS));
    }
    return List.of(
        new ProjectSet(
            c.tenant(),
            c.project(),
            c.owner(),
            asked.workspaces().stream().sorted().toList(),
            asked.workflows().stream().sorted().toList()));
  }

  static List<TenantEvent> remove(Tenant tenant, RemoveProject c) {
    TenantRules.requireName("project", c.project());
    return tenant.projects().containsKey(c.project())
        ? List.of(new ProjectRemoved(c.tenant(), c.project()))
        : List.of();
  }

  private static void requireFree(
      Tenant tenant,
      SetProject c,
      String what,
      List<String> asked,
      Function<Project, Set<String>> members) {
    for (Map.Entry<String, Project> other : tenant.projects().entrySet()) {
      for (String each : asked) {
        if (!other.getKey().equals(c.project()) && members.apply(other.getValue()).contains(each)) {
          throw new Refused(
              Code.ALREADY_EXISTS,
              "%s %s belongs to project %s; take it out there first"
                  .formatted(what, each, other.getKey()));
        }
      }
    }
  }
}

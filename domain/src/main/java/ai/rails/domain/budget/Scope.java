package ai.rails.domain.budget;

import ai.rails.domain.Limits;
import ai.rails.domain.Refused;

/// Whose use a budget counts: a tenant's, one workspace's, or one workflow's.
///
/// @param workspace empty for the whole tenant
/// @param workflow empty for all of the workspace's
public record Scope(String workspace, String workflow) {
  public static final Scope TENANT = new Scope("", "");

  /// @throws Refused with INVALID if a workflow has no workspace, or an id is malformed
  public Scope {
    if (!workspace.isEmpty()) {
      Limits.requireId("workspace", workspace);
    }
    if (!workflow.isEmpty()) {
      Limits.requireId("workflow", workflow);
    }
    if (workspace.isEmpty() && !workflow.isEmpty()) {
      throw new Refused(
          Refused.Code.INVALID, "name the workspace of workflow %s too".formatted(workflow));
    }
  }

  /// The id of the scope's budgets.
  public String budget() {
    if (workspace.isEmpty()) {
      return "tenant:all";
    }
    return workflow.isEmpty() ? workspace : workspace + "/" + workflow;
  }

  /// For people.
  public String words() {
    if (workspace.isEmpty()) {
      return "the tenant";
    }
    return workflow.isEmpty()
        ? "workspace " + workspace
        : "workflow %s of workspace %s".formatted(workflow, workspace);
  }
}

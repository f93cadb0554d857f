package ai.rails.command.workflow;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.workflow.PublishedVersions;
import ai.rails.domain.workflow.WorkflowCommand;
import ai.rails.domain.workflow.WorkflowEvent;
import ai.rails.domain.workflow.WorkflowRules;

/// Workflows on the write side.
public final class WorkflowEntity {
  public static final Entity<WorkflowCommand, PublishedVersions, WorkflowEvent> TYPE =
      new Entity<>(
          "Workflow",
          WorkflowCommand.class,
          PublishedVersions.class,
          WorkflowEvent.class,
          WorkflowCommand::workflow,
          new WorkflowRules(),
          Enrich.none());

  private WorkflowEntity() {}
}

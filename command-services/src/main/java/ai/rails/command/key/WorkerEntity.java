package ai.rails.command.key;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.worker.Worker;
import ai.rails.domain.worker.WorkerCommand;
import ai.rails.domain.worker.WorkerEvent;
import ai.rails.domain.worker.WorkerRules;

/// Workers on the write side.
public final class WorkerEntity {
  public static final Entity<WorkerCommand, Worker, WorkerEvent> TYPE =
      new Entity<>(
          "Worker",
          WorkerCommand.class,
          Worker.class,
          WorkerEvent.class,
          WorkerCommand::worker,
          new WorkerRules(),
          Enrich.none());

  private WorkerEntity() {}
}

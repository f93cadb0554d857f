package ai.rails.command.runner;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.runner.Runner;
import ai.rails.domain.runner.RunnerCommand;
import ai.rails.domain.runner.RunnerEvent;
import ai.rails.domain.runner.RunnerRules;

/// Runners on the write side.
public final class RunnerEntity {
  public static final Entity<RunnerCommand, Runner, RunnerEvent> TYPE =
      new Entity<>(
          "Runner",
          RunnerCommand.class,
          Runner.class,
          RunnerEvent.class,
          RunnerCommand::runner,
          new RunnerRules(),
          Enrich.none());

  private RunnerEntity() {}
}

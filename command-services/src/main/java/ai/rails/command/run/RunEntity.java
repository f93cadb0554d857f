package ai.rails.command.run;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunRules;

/// Runs, as the command bus knows them.
public final class RunEntity {
  /// Names the streams of runs.
  public static final String STREAM_TYPE = "Run";

  private RunEntity() {}

  /// @param policy decides about calls; see [PolicyCheck]
  public static Entity<RunCommand, Run, RunEvent> of(
      RunRules rules, Enrich<RunCommand, Run> policy) {
    return new Entity<>(
        STREAM_TYPE, RunCommand.class, Run.class, RunEvent.class, RunCommand::run, rules, policy);
  }
}

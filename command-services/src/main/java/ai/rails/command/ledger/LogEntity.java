package ai.rails.command.ledger;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.checkpoint.LogRules;
import ai.rails.domain.ledger.LogCommand;
import ai.rails.domain.ledger.LogEvent;

/// Workspaces' logs on the write side, by the workspace's id.
public final class LogEntity {
  public static final Entity<LogCommand, LogRules.Log, LogEvent> TYPE =
      new Entity<>(
          "Log",
          LogCommand.class,
          LogRules.Log.class,
          LogEvent.class,
          command -> command.log().workspace(),
          new LogRules(),
          Enrich.none());

  private LogEntity() {}
}

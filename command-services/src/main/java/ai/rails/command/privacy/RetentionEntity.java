package ai.rails.command.privacy;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.privacy.Retention;
import ai.rails.domain.privacy.RetentionCommand;
import ai.rails.domain.privacy.RetentionEvent;
import ai.rails.domain.privacy.RetentionRules;

/// A tenant's retention on the write side.
public final class RetentionEntity {
  public static final Entity<RetentionCommand, Retention, RetentionEvent> TYPE =
      new Entity<>(
          "Retention",
          RetentionCommand.class,
          Retention.class,
          RetentionEvent.class,
          RetentionCommand::tenant,
          new RetentionRules(),
          Enrich.none());

  private RetentionEntity() {}
}

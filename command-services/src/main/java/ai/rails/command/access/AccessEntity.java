package ai.rails.command.access;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.access.AccessCommand;
import ai.rails.domain.access.AccessEvent;
import ai.rails.domain.access.AccessHour;
import ai.rails.domain.access.AccessRules;

/// Access notes on the write side: one stream for each workspace and hour.
public final class AccessEntity {
  public static final Entity<AccessCommand, AccessHour, AccessEvent> TYPE =
      new Entity<>(
          "Access",
          AccessCommand.class,
          AccessHour.class,
          AccessEvent.class,
          AccessCommand::hour,
          new AccessRules(),
          Enrich.none());

  private AccessEntity() {}
}

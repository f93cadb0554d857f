package ai.rails.command.privacy;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.privacy.Erasure;
import ai.rails.domain.privacy.ErasureCommand;
import ai.rails.domain.privacy.ErasureEvent;
import ai.rails.domain.privacy.ErasureRules;

/// Erasures on the write side: one stream for each run and each data subject.
public final class ErasureEntity {
  public static final Entity<ErasureCommand, Erasure, ErasureEvent> TYPE =
      new Entity<>(
          "Erasure",
          ErasureCommand.class,
          Erasure.class,
          ErasureEvent.class,
          ErasureCommand::id,
          new ErasureRules(),
          Enrich.none());

  private ErasureEntity() {}
}

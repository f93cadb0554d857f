package ai.rails.command.privacy;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.privacy.LegalHold;
import ai.rails.domain.privacy.LegalHoldCommand;
import ai.rails.domain.privacy.LegalHoldEvent;
import ai.rails.domain.privacy.LegalHoldRules;

/// Legal holds on the write side.
public final class LegalHoldEntity {
  public static final Entity<LegalHoldCommand, LegalHold, LegalHoldEvent> TYPE =
      new Entity<>(
          "LegalHold",
          LegalHoldCommand.class,
          LegalHold.class,
          LegalHoldEvent.class,
          LegalHoldCommand::hold,
          new LegalHoldRules(),
          Enrich.none());

  private LegalHoldEntity() {}
}

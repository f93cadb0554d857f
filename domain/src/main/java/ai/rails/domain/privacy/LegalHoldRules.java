package ai.rails.domain.privacy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.privacy.LegalHoldCommand.PlaceHold;
import ai.rails.domain.privacy.LegalHoldCommand.ReleaseHold;
import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldPlaced;
import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldReleased;

/// A hold is placed once and released once.
public final class LegalHoldRules implements Decider<LegalHoldCommand, LegalHold, LegalHoldEvent> {
  @Override
  public LegalHold initial() {
    return LegalHold.NONE;
  }

  @Override
  public List<LegalHoldEvent> decide(LegalHold hold, LegalHoldCommand command, Instant now) {
    ReasonCode.require(command.reason());
    Limits.requireId("hold", command.hold());
    return switch (command) {
      case PlaceHold c -> place(hold, c);
      case ReleaseHold c -> release(hold, c);
    };
  }

  @Override
  public LegalHold evolve(LegalHold hold, LegalHoldEvent event) {
    return switch (event) {
      case LegalHoldPlaced e -> new LegalHold(Optional.of(e), false);
      case LegalHoldReleased _ -> new LegalHold(hold.placed(), true);
    };
  }

  private static List<LegalHoldEvent> place(LegalHold hold, PlaceHold c) {
    Limits.requireId("target", c.target());
    if (hold.placed().isPresent()) {
      throw new Refused(Code.ALREADY_EXISTS, "there is a hold %s already".formatted(c.hold()));
    }
    return List.of(new LegalHoldPlaced(c.hold(), c.scope(), c.target(), c.reason()));
  }

  private static List<LegalHoldEvent> release(LegalHold hold, ReleaseHold c) {
    LegalHoldPlaced placed =
        hold.placed()
            .orElseThrow(
                () -> new Refused(Code.NOT_FOUND, "there is no hold %s".formatted(c.hold())));
    return hold.released()
        ? List.of()
        : List.of(new LegalHoldReleased(c.hold(), placed.scope(), placed.target(), c.reason()));
  }
}

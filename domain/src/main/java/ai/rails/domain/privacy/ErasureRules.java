package ai.rails.domain.privacy;

import java.time.Instant;
import java.util.List;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.privacy.ErasureCommand.EraseRun;
import ai.rails.domain.privacy.ErasureCommand.EraseSubject;
import ai.rails.domain.privacy.ErasureEvent.RunErased;
import ai.rails.domain.privacy.ErasureEvent.SubjectErased;

/// A run is erased once. A data subject is erased again when there is more to erase.
public final class ErasureRules implements Decider<ErasureCommand, Erasure, ErasureEvent> {
  @Override
  public Erasure initial() {
    return Erasure.NONE;
  }

  @Override
  public List<ErasureEvent> decide(Erasure erasure, ErasureCommand command, Instant now) {
    ReasonCode.require(command.reason());
    return switch (command) {
      case EraseRun c -> {
        Limits.requireId("run", c.run());
        yield erasure.done()
            ? List.of()
            : List.of(new RunErased(c.run(), c.cause(), c.reason(), c.keys(), c.ciphertexts()));
      }
      case EraseSubject c -> {
        Limits.requireId("subject", c.subject());
        boolean nothingNew = erasure.done() && erasure.runs() == c.runs() && c.links() == 0;
        yield nothingNew
            ? List.of()
            : List.of(new SubjectErased(c.subject(), c.reason(), c.runs(), c.links()));
      }
    };
  }

  @Override
  public Erasure evolve(Erasure erasure, ErasureEvent event) {
    return switch (event) {
      case RunErased _ -> new Erasure(true, 1);
      case SubjectErased e -> new Erasure(true, e.runs());
    };
  }
}

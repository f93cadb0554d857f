package ai.rails.domain.access;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import ai.rails.domain.Decider;
import ai.rails.domain.access.AccessCommand.NoteRefusal;
import ai.rails.domain.access.AccessEvent.AccessRefused;

/// Notes who was refused what: each once an hour, and not more than a stream can hold.
public final class AccessRules implements Decider<AccessCommand, AccessHour, AccessEvent> {
  /// Most refusals noted in one hour. A flood is visible from its first hundred.
  public static final int MAX_PER_HOUR = 256;

  @Override
  public AccessHour initial() {
    return AccessHour.NONE;
  }

  @Override
  public List<AccessEvent> decide(AccessHour hour, AccessCommand command, Instant now) {
    return switch (command) {
      case NoteRefusal c -> {
        var refused = new AccessRefused(c.principal(), c.route(), c.resource(), c.code());
        boolean noted = hour.refused().contains(refused);
        yield noted || hour.refused().size() >= MAX_PER_HOUR ? List.of() : List.of(refused);
      }
    };
  }

  @Override
  public AccessHour evolve(AccessHour hour, AccessEvent event) {
    return switch (event) {
      case AccessRefused e -> {
        Set<AccessRefused> refused = new HashSet<>(hour.refused());
        refused.add(e);
        yield new AccessHour(refused);
      }
    };
  }
}

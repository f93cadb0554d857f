package ai.rails.domain.access;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import ai.rails.domain.Decider;
import ai.rails.domain.Refused;
import ai.rails.domain.access.AccessCommand.GrantReveal;
import ai.rails.domain.access.AccessCommand.NoteExport;
import ai.rails.domain.access.AccessCommand.NoteReading;
import ai.rails.domain.access.AccessCommand.NoteRefusal;
import ai.rails.domain.access.AccessEvent.AccessRefused;
import ai.rails.domain.access.AccessEvent.EvidenceExported;
import ai.rails.domain.access.AccessEvent.EvidenceRead;
import ai.rails.domain.access.AccessEvent.RevealGranted;
import ai.rails.domain.policy.Decision.Effect;

/// Notes who was refused what, each once an hour, and who was given which evidence, each once a
/// minute. A stream holds a limited number of them: further refusals are let go, since a flood is
/// visible from its first hundred; further evidence is refused, since none is given unnoted.
public final class AccessRules implements Decider<AccessCommand, AccessHour, AccessEvent> {
  /// Most refusals noted in one hour.
  public static final int MAX_PER_HOUR = 256;

  /// Most readings and exports of one hour, and most reveals beside them: whoever reads much, such
  /// as a monitor, keeps nobody from seeing what he is to approve.
  public static final int EVIDENCE_PER_HOUR = 1_024;

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
      case NoteReading c ->
          evidence(
              hour, new EvidenceRead(c.principal(), c.route(), c.resource(), minute(c.minute())));
      case NoteExport c ->
          evidence(
              hour,
              new EvidenceExported(
                  c.principal(), c.scope(), c.resource(), c.treeSize(), minute(c.minute())));
      case GrantReveal c -> {
        if (c.granted().decision().effect() != Effect.ALLOW) {
          throw new Refused(
              Refused.Code.FORBIDDEN,
              "policy does not allow %s to see this: %s"
                  .formatted(c.granted().principal(), c.granted().decision().reasons()));
        }
        yield evidence(hour, c.granted());
      }
    };
  }

  @Override
  public AccessHour evolve(AccessHour hour, AccessEvent event) {
    return switch (event) {
      case AccessRefused e -> new AccessHour(with(hour.refused(), e), hour.evidence());
      case EvidenceRead e -> new AccessHour(hour.refused(), with(hour.evidence(), e));
      case EvidenceExported e -> new AccessHour(hour.refused(), with(hour.evidence(), e));
      case RevealGranted e -> new AccessHour(hour.refused(), with(hour.evidence(), e));
    };
  }

  private static List<AccessEvent> evidence(AccessHour hour, AccessEvent event) {
    if (hour.evidence().contains(event)) {
      return List.of();
    }
    boolean reveal = event instanceof RevealGranted;
    long taken =
        hour.evidence().stream().filter(each -> each instanceof RevealGranted == reveal).count();
    if (taken >= EVIDENCE_PER_HOUR) {
      throw new Refused(
          Refused.Code.TOO_MANY,
          "evidence was taken %d times in this hour; go on in the next one"
              .formatted(EVIDENCE_PER_HOUR));
    }
    return List.of(event);
  }

  private static Instant minute(Instant time) {
    return time.truncatedTo(ChronoUnit.MINUTES);
  }

  private static Set<AccessEvent> with(Set<AccessEvent> noted, AccessEvent event) {
    Set<AccessEvent> more = new HashSet<>(noted);
    more.add(event);
    return more;
  }
}

package ai.rails.domain.access;

import java.util.Set;

/// What was noted in one hour.
///
/// @param refused refusals
/// @param evidence readings and exports of evidence
public record AccessHour(Set<AccessEvent> refused, Set<AccessEvent> evidence) {
  /// Before the first event.
  public static final AccessHour NONE = new AccessHour(Set.of(), Set.of());

  public AccessHour {
    refused = Set.copyOf(refused);
    evidence = Set.copyOf(evidence);
  }
}

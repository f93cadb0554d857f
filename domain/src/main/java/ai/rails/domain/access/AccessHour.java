package ai.rails.domain.access;

import java.util.Set;

import ai.rails.domain.access.AccessEvent.AccessRefused;

/// What was noted in one hour.
public record AccessHour(Set<AccessRefused> refused) {
  /// Before the first event.
  public static final AccessHour NONE = new AccessHour(Set.of());

  public AccessHour {
    refused = Set.copyOf(refused);
  }
}

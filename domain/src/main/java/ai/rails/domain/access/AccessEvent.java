package ai.rails.domain.access;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// Who tried to reach what.
public sealed interface AccessEvent extends Event {
  /// A principal asked for what is not its tenant's, or what its roles do not allow.
  ///
  /// @param route method and route template, for example `POST /v1/runs/{run}/cancel`
  /// @param resource id that was asked for, as given if it is a valid id, else `invalid`
  record AccessRefused(String principal, String route, String resource, String code)
      implements AccessEvent {
    @Override
    public EntryType entryType() {
      return EntryType.ACCESS_REFUSED;
    }
  }
}

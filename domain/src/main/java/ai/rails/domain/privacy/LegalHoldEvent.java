package ai.rails.domain.privacy;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What happens to a hold. While it stands, no content that it covers is destroyed.
public sealed interface LegalHoldEvent extends Event {
  String hold();

  /// Content of the target is kept from now on, whatever retention and erasure say.
  ///
  /// @param target id of a run or workspace, or a data subject's pseudonym
  record LegalHoldPlaced(String hold, Scope scope, String target, String reason)
      implements LegalHoldEvent {
    @Override
    public EntryType entryType() {
      return EntryType.LEGAL_HOLD_PLACED;
    }
  }

  /// Retention and erasure apply again.
  record LegalHoldReleased(String hold, Scope scope, String target, String reason)
      implements LegalHoldEvent {
    @Override
    public EntryType entryType() {
      return EntryType.LEGAL_HOLD_RELEASED;
    }
  }

  /// What a hold keeps.
  enum Scope {
    /// One run.
    RUN,
    /// All runs about one data subject, also those to come.
    SUBJECT,
    /// All runs of one workspace, also those to come.
    WORKSPACE
  }
}

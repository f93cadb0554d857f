package ai.rails.domain.privacy;

import java.util.Optional;

import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldPlaced;

/// A hold as its events made it.
///
/// @param placed what it keeps
public record LegalHold(Optional<LegalHoldPlaced> placed, boolean released) {
  /// Before the first event.
  public static final LegalHold NONE = new LegalHold(Optional.empty(), false);
}

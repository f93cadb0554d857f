package ai.rails.domain.privacy;

import ai.rails.domain.privacy.LegalHoldEvent.Scope;

/// What can be done with a hold.
public sealed interface LegalHoldCommand {
  String tenant();

  String hold();

  /// Code of the person who asks.
  String reason();

  /// Forbids that content is destroyed, until the hold is released.
  ///
  /// @param target id of a run or workspace, or a data subject's pseudonym
  record PlaceHold(String tenant, String hold, Scope scope, String target, String reason)
      implements LegalHoldCommand {}

  /// Lets retention and erasure go on.
  record ReleaseHold(String tenant, String hold, String reason) implements LegalHoldCommand {}
}

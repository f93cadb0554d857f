package ai.rails.domain.budget;

import java.util.Optional;

/// A budget's limit as its events made it; what is spent are counters.
///
/// @param monthly absent before the first limit: nothing may be spent then
public record Budget(Optional<Money> monthly) {
  /// Before the first event.
  public static final Budget NONE = new Budget(Optional.empty());
}

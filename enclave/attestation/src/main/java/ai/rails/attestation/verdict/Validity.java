package ai.rails.attestation.verdict;

import java.time.Instant;

/// The time for which a verdict's inputs are all valid, both ends included.
public record Validity(Instant from, Instant to) {
  /// The part that both have.
  public Validity and(Instant otherFrom, Instant otherTo) {
    return new Validity(
        from.isAfter(otherFrom) ? from : otherFrom, to.isBefore(otherTo) ? to : otherTo);
  }
}

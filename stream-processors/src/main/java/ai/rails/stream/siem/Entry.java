package ai.rails.stream.siem;

import java.time.Duration;
import java.time.Instant;

import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.ledger.Leaf;

/// One ledger entry to be told.
///
/// @param leafHash of the leaf's bytes: what the next entry and the Merkle tree name
record Entry(Leaf leaf, String leafHash, Header header, Event event) {
  /// How far the deciding process's clock may be from the store's before it is not believed.
  private static final Duration SKEW = Duration.ofMinutes(5);

  /// When it happened, Unix milliseconds: the deciding process's clock, or the store's if the two
  /// are too far apart (a broker refuses times from the future, and a SIEM files them wrongly).
  long time() {
    Instant occurred = header.occurredAt();
    long apart = Math.abs(occurred.toEpochMilli() - leaf.time());
    return apart <= SKEW.toMillis() ? occurred.toEpochMilli() : leaf.time();
  }

  /// An entry whose event is not to be read.
  record Unread(Leaf leaf, String leafHash) {}
}

package ai.rails.stream.signer;

import java.util.Optional;
import java.util.OptionalLong;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.TilePath;

/// What the signer's thread keeps of one log between two heads.
final class LogState {
  /// Whether the log may be signed.
  enum Door {
    /// Nobody has been asked yet.
    CLOSED,
    /// Witnesses and topic are being asked whether they hold more than the database.
    ASKING,
    OPEN,
    /// Never again by this signer; a person has to look.
    FROZEN
  }

  private final LogName name;
  private final TileBuffer tiles = new TileBuffer();
  private Door door = Door.CLOSED;
  private long signed;
  private boolean known;
  private long askAgainNanos = Long.MIN_VALUE;
  private Optional<Waiting> waiting = Optional.empty();
  private Optional<EpochOpening> opening = Optional.empty();

  /// A head that is not signed yet.
  ///
  /// @param offset of its record
  /// @param replayed whether it lay in the topic before this signer began
  /// @param nanos when it came
  record Waiting(Checkpoint head, long offset, boolean replayed, long nanos) {}

  LogState(LogName name) {
    this.name = name;
  }

  LogName name() {
    return name;
  }

  Door door() {
    return door;
  }

  void asking() {
    door = Door.ASKING;
  }

  /// @param nanos before this time of `System.nanoTime` nobody is asked again
  void closed(long nanos) {
    door = Door.CLOSED;
    askAgainNanos = nanos;
  }

  boolean mayAsk(long now) {
    return door == Door.CLOSED && (askAgainNanos == Long.MIN_VALUE || now - askAgainNanos >= 0);
  }

  void open() {
    door = Door.OPEN;
  }

  void frozen() {
    door = Door.FROZEN;
    waiting = Optional.empty();
    tiles.drop(Long.MAX_VALUE, Optional.empty());
  }

  void tile(TilePath path, byte[] hashes, long offset) {
    if (door != Door.FROZEN) {
      tiles.add(path, hashes, offset, signed);
    }
  }

  void opening(EpochOpening found) {
    if (door != Door.FROZEN && signed == 0) {
      opening = Optional.of(found);
    }
  }

  /// What opened the log's epoch, until the log is signed.
  Optional<EpochOpening> opening() {
    return opening;
  }

  /// The newest head is enough: it covers those before it.
  void head(Waiting head) {
    if (door != Door.FROZEN
        && waiting.map(old -> old.head().size() <= head.head().size()).orElse(true)) {
      waiting = Optional.of(head);
      prune();
    }
  }

  /// What the database says was signed. Before that is known, any tile may be the one in which it
  /// ends.
  void knows(long size) {
    known = true;
    signed = Math.max(signed, size);
    opening = opening.filter(_ -> signed == 0);
    prune();
  }

  private void prune() {
    tiles.drop(signed, known ? waiting.map(head -> head.head().size()) : Optional.empty());
  }

  Optional<Waiting> waiting() {
    return waiting;
  }

  TileBuffer tiles() {
    return tiles;
  }

  /// What the database says was signed; the head that waited is done with.
  void signed(long size) {
    waiting = Optional.empty();
    knows(size);
  }

  /// The largest size that this signer saw signed.
  long signedSize() {
    return signed;
  }

  OptionalLong firstTile() {
    OptionalLong first = tiles.firstOffset();
    return opening
        .map(found -> OptionalLong.of(Math.min(found.offset(), first.orElse(Long.MAX_VALUE))))
        .orElse(first);
  }

  OptionalLong firstHead() {
    return waiting.map(head -> OptionalLong.of(head.offset())).orElseGet(OptionalLong::empty);
  }
}

package ai.rails.domain.ledger;

/// The end of one log.
///
/// @param size how many entries there are, which is the position of the last
/// @param hash leaf hash of the last entry, or the log's genesis
/// @param time of the last entry, Unix milliseconds
public record LedgerHead(long size, String hash, long time) {
  /// The head of a log without entries.
  public static LedgerHead genesis(Origin origin) {
    return new LedgerHead(0, Genesis.ofLog(origin), 0);
  }

  /// The head of a log without entries that takes an abandoned one's place. Its first entry is
  /// bound to the last head of that.
  ///
  /// @param last the three lines of the abandoned log's last checkpoint
  public static LedgerHead opened(Origin origin, String last) {
    return new LedgerHead(0, Genesis.ofEpoch(origin, last), 0);
  }

  /// The only position that can be appended.
  public long next() {
    return size + 1;
  }

  public Place place(long position) {
    return position == next()
        ? Place.NEXT
        : position < next() ? Place.DUPLICATE : Place.AFTER_A_GAP;
  }

  /// Where a position lies, seen from the head.
  public enum Place {
    NEXT,
    DUPLICATE,
    AFTER_A_GAP
  }
}

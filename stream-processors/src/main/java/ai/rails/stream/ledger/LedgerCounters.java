package ai.rails.stream.ledger;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// What the ledger task has done since it started. Written by its threads, read by anybody;
/// telemetry reads it. A transaction that was rolled back and done again counts twice.
public final class LedgerCounters {
  final LongAdder appendedAdder = new LongAdder();
  final LongAdder duplicatesAdder = new LongAdder();
  final LongAdder gappedAdder = new LongAdder();
  final LongAdder refusedAdder = new LongAdder();

  private volatile LongSupplier lag = () -> 0;

  void lagIs(LongSupplier read) {
    lag = read;
  }

  /// Records that were relayed and are not chained yet; 0 while nothing was read.
  public long lag() {
    return lag.getAsLong();
  }

  /// Leaves appended.
  public long appended() {
    return appendedAdder.sum();
  }

  /// Records that were in the ledger already.
  public long duplicates() {
    return duplicatesAdder.sum();
  }

  /// Records that came while an earlier position was missing; they have to be published again.
  public long gapped() {
    return gappedAdder.sum();
  }

  /// Records that are unreadable or differ from their event.
  public long refused() {
    return refusedAdder.sum();
  }
}

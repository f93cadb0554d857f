package ai.rails.stream.ledger;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import ai.rails.platform.telemetry.Measure;

/// What ledger tasks have done since the process started: one that takes another's place counts on.
/// Written by their threads, read by anybody. A transaction that was rolled back and done again
/// counts twice.
public final class LedgerCounters {
  final LongAdder appendedAdder = new LongAdder();
  final LongAdder duplicatesAdder = new LongAdder();
  final LongAdder gappedAdder = new LongAdder();
  final LongAdder refusedAdder = new LongAdder();

  private volatile LongSupplier lag = () -> 0;

  /// @param read the present task's distance to the relay
  void lagIs(LongSupplier read) {
    lag = read;
  }

  long appended() {
    return appendedAdder.sum();
  }

  long duplicates() {
    return duplicatesAdder.sum();
  }

  long gapped() {
    return gappedAdder.sum();
  }

  long refused() {
    return refusedAdder.sum();
  }

  public List<Measure> measures() {
    return List.of(
        Measure.level(
            "airails.ledger.lag",
            "{event}",
            "Relayed and not chained yet; 0 while nothing was read.",
            () -> lag.getAsLong()),
        Measure.total("airails.ledger.entries", "{event}", "Leaves appended.", this::appended),
        Measure.total(
            "airails.ledger.duplicates",
            "{event}",
            "Records that were in the ledger already.",
            this::duplicates),
        Measure.total(
            "airails.ledger.gaps",
            "{event}",
            "Records that came while an earlier position was missing; they are published again.",
            this::gapped),
        Measure.total(
            "airails.ledger.refused",
            "{event}",
            "Records that are unreadable or differ from their event.",
            this::refused));
  }
}

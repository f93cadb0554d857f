package ai.rails.stream.siem;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import ai.rails.platform.telemetry.Measure;

/// What the feed's tasks have done since the process started. Written by their threads, read by
/// anybody. A transaction that was rolled back and done again counts twice.
public final class SiemCounters {
  final LongAdder toldAdder = new LongAdder();
  final LongAdder bytesAdder = new LongAdder();
  final LongAdder alarmsAdder = new LongAdder();
  final LongAdder brokenAdder = new LongAdder();
  final LongAdder duplicatesAdder = new LongAdder();
  final LongAdder unreadableAdder = new LongAdder();

  private volatile LongSupplier lag = () -> 0;

  /// @param read the present task's distance to the ledger
  void lagIs(LongSupplier read) {
    lag = read;
  }

  public List<Measure> measures() {
    return List.of(
        Measure.level(
            "airails.siem.lag",
            "{entry}",
            "In the ledger and not told yet; 0 while nothing was read.",
            () -> lag.getAsLong()),
        Measure.total("airails.siem.entries", "{entry}", "Ledger entries told.", toldAdder::sum),
        Measure.total("airails.siem.bytes", "By", "Bytes of all records told.", bytesAdder::sum),
        Measure.total("airails.siem.alarms", "{alarm}", "Alarms told.", alarmsAdder::sum),
        Measure.total(
            "airails.siem.broken",
            "{entry}",
            "Entries that did not follow the one before.",
            brokenAdder::sum),
        Measure.total(
            "airails.siem.unreadable",
            "{entry}",
            "Entries told without their event.",
            unreadableAdder::sum));
  }
}

package ai.rails.stream.relay;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import ai.rails.platform.telemetry.Measure;

/// What relays have done since the process started: one that takes another's place counts on.
/// Written by the engine's thread, read by anybody.
public final class RelayCounters {
  private final LongAdder relayed = new LongAdder();
  private final AtomicLong lagMillis = new AtomicLong();

  void sent(long lag) {
    relayed.increment();
    lagMillis.set(Math.max(0, lag));
  }

  public List<Measure> measures() {
    return List.of(
        Measure.level(
            "airails.relay.lag",
            "ms",
            "From the store's clock to Kafka, for the latest row.",
            lagMillis::get),
        Measure.total("airails.relay.rows", "{row}", "Rows that Kafka has.", relayed::sum));
  }
}

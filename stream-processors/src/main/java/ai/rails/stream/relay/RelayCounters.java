package ai.rails.stream.relay;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// What the relay has done since it started. Written by the engine's thread, read by anybody;
/// telemetry reads it.
public final class RelayCounters {
  private final LongAdder relayed = new LongAdder();
  private final AtomicLong lagMillis = new AtomicLong();

  void sent(long lag) {
    relayed.increment();
    lagMillis.set(Math.max(0, lag));
  }

  /// Rows that Kafka has stored.
  public long relayed() {
    return relayed.sum();
  }

  /// How long the latest row took from the store's clock to Kafka.
  public long lagMillis() {
    return lagMillis.get();
  }
}

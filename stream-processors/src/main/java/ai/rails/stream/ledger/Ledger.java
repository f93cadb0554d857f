package ai.rails.stream.ledger;

import java.time.Duration;
import java.util.Properties;

import ai.rails.schema.EventCodec;
import ai.rails.stream.kafka.StreamsApplication;

/// The ledger task: chains events, builds trees, watches its topics. It holds no key.
public final class Ledger implements AutoCloseable {
  private static final StreamsApplication.Pace PACE =
      new StreamsApplication.Pace(
          Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMillis(100));

  private final KafkaTopicStates topics;
  private final StoreRows rows;
  private final StreamsApplication application;

  private Ledger(Properties config, LedgerCounters counters) {
    this.topics = new KafkaTopicStates(config);
    this.rows = new StoreRows(config);
    this.application =
        StreamsApplication.start(
            "rails-ledger",
            LedgerTopology.of(
                config.getProperty("cell.id"),
                config.getProperty("cell.domain"),
                new EventCodec(),
                topics,
                counters,
                rows),
            config,
            PACE);
    counters.lagIs(application::lag);
  }

  /// @param counters go on counting when a ledger takes another one's place
  public static Ledger start(Properties config, LedgerCounters counters) {
    return new Ledger(config, counters);
  }

  /// What runs; it is closed with the ledger.
  public StreamsApplication application() {
    return application;
  }

  @Override
  public void close() {
    application.close();
    rows.close();
    topics.close();
  }
}

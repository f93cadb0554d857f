package ai.rails.stream.siem;

import java.time.Duration;
import java.util.Properties;

import ai.rails.schema.EventCodec;
import ai.rails.stream.kafka.StreamsApplication;

/// The SIEM feed, an application apart from the ledger, so that neither waits for the other.
public final class Siem {
  /// Group, prefix of transactions and of internal topics.
  public static final String APPLICATION = "rails-siem";

  // A SIEM does not mind half a second.
  private static final StreamsApplication.Pace PACE =
      new StreamsApplication.Pace(
          Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofMillis(250));

  private Siem() {}

  /// @param counters go on counting when a feed takes another one's place
  public static StreamsApplication start(Properties config, SiemCounters counters) {
    FeedVersion version = FeedVersion.of(config.getProperty("product.version", "0.1.0"));
    var topology =
        SiemTopology.of(
            config.getProperty("cell.id"),
            config.getProperty("cell.domain"),
            version,
            new EventCodec(),
            counters);
    StreamsApplication siem = StreamsApplication.start(APPLICATION, topology, config, PACE);
    counters.lagIs(siem::lag);
    return siem;
  }
}

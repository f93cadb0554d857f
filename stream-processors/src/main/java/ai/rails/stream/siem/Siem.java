package ai.rails.stream.siem;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.schema.EventCodec;
import ai.rails.stream.kafka.KafkaAccess;

/// The SIEM feed: Kafka Streams, exactly once, apart from the ledger, so that neither waits for the
/// other.
///
/// Kafka Streams in state ERROR does not end the process, so whoever owns it asks [#ended()].
public final class Siem implements AutoCloseable {
  /// Group, prefix of transactions and of internal topics.
  public static final String APPLICATION = "rails-siem";

  private static final Logger LOG = LoggerFactory.getLogger(Siem.class);
  private static final Duration STOP = Duration.ofSeconds(20);

  private final KafkaStreams streams;

  private Siem(Properties config, SiemCounters counters) {
    String cell = config.getProperty("cell.id");
    String domain = config.getProperty("cell.domain");
    FeedVersion version = FeedVersion.of(config.getProperty("product.version", "0.1.0"));
    this.streams =
        new KafkaStreams(
            SiemTopology.of(cell, domain, version, new EventCodec(), counters), settings(config));
    counters.lagIs(this::lag);
    streams.setUncaughtExceptionHandler(e -> {
      LOG.error("the SIEM feed stopped; entries wait until it is started again", e);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
  }

  /// @param counters go on counting when a feed takes another one's place
  public static Siem start(Properties config, SiemCounters counters) {
    var siem = new Siem(config, counters);
    siem.streams.start();
    return siem;
  }

  /// Whether entries are told, or will be once the tasks are assigned.
  public boolean up() {
    return streams.state().isRunningOrRebalancing();
  }

  /// Whether it has stopped; another one goes on where it was.
  public boolean ended() {
    return switch (streams.state()) {
      case ERROR, NOT_RUNNING -> true;
      case CREATED, REBALANCING, RUNNING, PENDING_ERROR, PENDING_SHUTDOWN -> false;
    };
  }

  /// The state of Kafka Streams.
  public String state() {
    return streams.state().name();
  }

  private long lag() {
    return streams.metrics().entrySet().stream()
        .filter(metric -> metric.getKey().name().equals("records-lag-max"))
        .map(metric -> metric.getValue().metricValue())
        .mapToLong(value -> value instanceof Double lag && lag > 0 ? lag.longValue() : 0)
        .max()
        .orElse(0);
  }

  @Override
  public void close() {
    boolean _ = streams.close(STOP);
  }

  /// As the ledger's, with longer commits: a SIEM does not mind half a second, and each commit
  /// costs the broker a transaction.
  private static Properties settings(Properties config) {
    var kafka = new KafkaAccess(config);
    var settings = new Properties();
    settings.putAll(kafka.client("svc-streams"));
    settings.put("application.id", APPLICATION);
    settings.put("processing.guarantee", "exactly_once_v2");
    settings.put("replication.factor", Short.toString(kafka.replicationFactor()));
    settings.put("num.stream.threads", "1");
    settings.put("commit.interval.ms", "500");
    settings.put("state.dir", Path.of(config.getProperty("data.dir"), "streams").toString());
    settings.put("consumer.auto.offset.reset", "earliest");
    // A new tenant is found after this time.
    settings.put("consumer.metadata.max.age.ms", "2000");
    // Static membership: after a crash nobody waits for the dead member's session.
    settings.put(
        "consumer.group.instance.id",
        APPLICATION + "-" + config.getProperty("stream.instance", "1"));
    settings.put("consumer.session.timeout.ms", "6000");
    settings.put("consumer.heartbeat.interval.ms", "1500");
    settings.put("consumer.fetch.max.wait.ms", "250");
    settings.put("consumer.max.poll.records", "2000");
    settings.put("producer.transaction.timeout.ms", "10000");
    return settings;
  }
}

package ai.rails.stream.ledger;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.schema.EventCodec;
import ai.rails.stream.kafka.KafkaAccess;

/// The ledger task: Kafka Streams, exactly once. It holds no key.
///
/// Each instance of a cell has its own `stream.instance` (default 1).
///
/// Kafka Streams in state ERROR does not end the process, so whoever owns it asks [#ended()].
public final class Ledger implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);
  private static final Duration STOP = Duration.ofSeconds(20);

  private final KafkaTopicStates topics;
  private final KafkaStreams streams;

  private Ledger(Properties config, LedgerCounters counters) {
    String cell = config.getProperty("cell.id");
    String domain = config.getProperty("cell.domain");
    this.topics = new KafkaTopicStates(config);
    this.streams =
        new KafkaStreams(
            LedgerTopology.of(cell, domain, new EventCodec(), topics, counters), settings(config));
    counters.lagIs(this::lag);
    streams.setUncaughtExceptionHandler(e -> {
      LOG.error("the ledger stopped; events wait until it is started again", e);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
  }

  /// @param counters go on counting when a ledger takes another one's place
  public static Ledger start(Properties config, LedgerCounters counters) {
    var ledger = new Ledger(config, counters);
    ledger.streams.start();
    return ledger;
  }

  /// Whether leaves are made, or will be once the tasks are assigned.
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
    topics.close();
  }

  /// Measured; each differs from its default for a reason. `linger.ms` stays as Kafka Streams has
  /// it.
  private static Properties settings(Properties config) {
    var kafka = new KafkaAccess(config);
    var settings = new Properties();
    settings.putAll(kafka.client("svc-streams"));
    settings.put("application.id", "rails-ledger");
    settings.put("processing.guarantee", "exactly_once_v2");
    settings.put("replication.factor", Short.toString(kafka.replicationFactor()));
    settings.put("num.stream.threads", "1");
    // Nothing is visible before a commit.
    settings.put("commit.interval.ms", "100");
    settings.put("state.dir", Path.of(config.getProperty("data.dir"), "streams").toString());
    // Records written before the pattern finds the topic count too.
    settings.put("consumer.auto.offset.reset", "earliest");
    // A new tenant is found after this time.
    settings.put("consumer.metadata.max.age.ms", "1000");
    // Static membership: after a crash nobody waits for the dead member's session.
    settings.put(
        "consumer.group.instance.id", "rails-ledger-" + config.getProperty("stream.instance", "1"));
    settings.put("consumer.session.timeout.ms", "6000");
    settings.put("consumer.heartbeat.interval.ms", "1500");
    settings.put("consumer.fetch.max.wait.ms", "100");
    settings.put("consumer.max.poll.records", "2000");
    settings.put("producer.transaction.timeout.ms", "10000");
    return settings;
  }
}

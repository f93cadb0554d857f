package ai.rails.stream.kafka;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A topology that runs: Kafka Streams, exactly once, one thread. Each instance of a cell has its
/// own `stream.instance` (default 1). Thread-safe.
///
/// Kafka Streams in state ERROR does not end the process, so whoever owns it asks [#ended()].
public final class StreamsApplication implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamsApplication.class);
  private static final Duration STOP = Duration.ofSeconds(20);

  /// One request is on its way at a time, so it has to carry what has come meanwhile.
  private static final int BATCH_BYTES = 256 * 1024;

  private final KafkaStreams streams;

  /// How soon things are seen, against what looking costs the broker.
  ///
  /// @param commit nothing is visible before a commit, and each is a transaction
  /// @param discovery a new tenant's topics are found after this time
  /// @param fetch how long a fetch waits for a first record
  public record Pace(Duration commit, Duration discovery, Duration fetch) {}

  private StreamsApplication(Topology topology, Properties settings) {
    this.streams = new KafkaStreams(topology, settings);
    streams.setUncaughtExceptionHandler(e -> {
      LOG.atError()
          .setCause(e)
          .addKeyValue("application", settings.getProperty("application.id"))
          .log("a stream application stopped; records wait until it is started again");
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
  }

  /// @param name group, prefix of transactions and of internal topics
  public static StreamsApplication start(
      String name, Topology topology, Properties config, Pace pace) {
    var application = new StreamsApplication(topology, settings(name, config, pace));
    application.streams.start();
    return application;
  }

  /// Whether records are processed, or will be once the tasks are assigned.
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

  /// Records that the partition furthest behind has still to read.
  public long lag() {
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

  /// Measured; each differs from its default for a reason. `linger.ms` stays as Kafka Streams has
  /// it.
  private static Properties settings(String name, Properties config, Pace pace) {
    var kafka = new KafkaAccess(config);
    var settings = new Properties();
    settings.putAll(kafka.client("svc-streams"));
    settings.put("application.id", name);
    settings.put("processing.guarantee", "exactly_once_v2");
    settings.put("replication.factor", Short.toString(kafka.replicationFactor()));
    settings.put("num.stream.threads", "1");
    settings.put("commit.interval.ms", Long.toString(pace.commit.toMillis()));
    settings.put("state.dir", Path.of(config.getProperty("data.dir"), "streams").toString());
    // Records written before the pattern finds the topic count too.
    settings.put("consumer.auto.offset.reset", "earliest");
    settings.put("consumer.metadata.max.age.ms", Long.toString(pace.discovery.toMillis()));
    // Static membership: after a crash nobody waits for the dead member's session.
    settings.put(
        "consumer.group.instance.id",
        "%s-%s".formatted(name, config.getProperty("stream.instance", "1")));
    settings.put("consumer.session.timeout.ms", "6000");
    settings.put("consumer.heartbeat.interval.ms", "1500");
    settings.put("consumer.fetch.max.wait.ms", Long.toString(pace.fetch.toMillis()));
    settings.put("consumer.max.poll.records", "2000");
    settings.put("producer.transaction.timeout.ms", "10000");
    // A transaction's second request may overtake its first in the broker, which refuses it then.
    settings.put("producer.max.in.flight.requests.per.connection", "1");
    settings.put("producer.batch.size", Integer.toString(BATCH_BYTES));
    return settings;
  }
}

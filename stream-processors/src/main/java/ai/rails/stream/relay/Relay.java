package ai.rails.stream.relay;

import java.io.IOException;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.stream.kafka.KafkaAccess;

/// Brings the store's event rows and step commands to their tenants' topics: Debezium in this
/// process, with the configuration that Kafka Connect takes. At least once, in the store's order.
///
/// When it fails it stops and says so; who owns the process starts it again.
public final class Relay implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final int STOP_SECONDS = 30;

  private final CountDownLatch stopped = new CountDownLatch(1);
  private final ConvertingSink sink;
  private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
  private volatile boolean polling;
  private volatile @Nullable Throwable failure;

  private Relay(Properties config, InstantSource clock, RelayCounters counters) {
    Map<String, String> connector = OutboxConfig.resolve(config);
    this.sink = new ConvertingSink(connector, new KafkaAccess(config), counters, clock);
    this.engine =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(engineSettings(connector))
            .using(this::ended)
            .using(new WhenPolling())
            .notifying(sink::accept)
            .build();
  }

  /// Makes the slot if need be and starts to relay on a thread of its own. When this returns, what
  /// is written to the store from now on will be relayed.
  ///
  /// @throws SQLException if PostgreSQL cannot be reached or refuses the slot
  public static Relay start(Properties config, InstantSource clock) throws SQLException {
    return start(config, clock, new RelayCounters());
  }

  /// @param counters go on counting when a relay takes another one's place
  public static Relay start(Properties config, InstantSource clock, RelayCounters counters)
      throws SQLException {
    ReplicationSlot.ensure(OutboxConfig.resolve(config));
    var relay = new Relay(config, clock, counters);
    Thread.ofPlatform().name("relay").daemon(true).start(relay.engine);
    return relay;
  }

  /// Whether it reads the store's log. False at first, while PostgreSQL is away, and for ever after
  /// a failure.
  public boolean up() {
    return polling && stopped.getCount() > 0;
  }

  /// Whether it has stopped; another one goes on where it was.
  public boolean ended() {
    return stopped.getCount() == 0;
  }

  /// `STARTING`, `UP`, or what made it stop.
  public String state() {
    Throwable failed = failure;
    if (failed != null) {
      return "FAILED " + failed.getClass().getSimpleName();
    }
    return stopped.getCount() == 0 ? "STOPPED" : polling ? "UP" : "STARTING";
  }

  @Override
  public void close() throws IOException {
    try {
      engine.close();
    } catch (IllegalStateException e) {
      LOG.debug("the relay had stopped already", e);
    }
    awaitStop();
    sink.close();
  }

  private void awaitStop() {
    try {
      if (!stopped.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("the relay did not stop in time; seconds={}", STOP_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ended(boolean success, String message, @Nullable Throwable error) {
    if (!success) {
      failure = error == null ? new IllegalStateException(message) : error;
      LOG.error("the relay stopped; events wait in the store until it is started again", error);
    }
    stopped.countDown();
  }

  /// What a Connect worker takes from its own file.
  private static Properties engineSettings(Map<String, String> connector) {
    var settings = new Properties();
    settings.putAll(connector);
    settings.put("connector.class", OutboxConnector.class.getName());
    settings.put("offset.storage", NoOffsets.class.getName());
    // How often the slot is moved.
    settings.put("offset.flush.interval.ms", "1000");
    return settings;
  }

  /// The engine says when it polls, and when it has lost PostgreSQL and tries again.
  private final class WhenPolling implements DebeziumEngine.ConnectorCallback {
    @Override
    public void pollingStarted() {
      polling = true;
      LOG.info("the relay reads the store's log");
    }

    @Override
    public void pollingStopped() {
      polling = false;
    }

    @Override
    public void taskStopped() {
      polling = false;
    }
  }
}

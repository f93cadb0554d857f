package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.schema.Topics;
import ai.rails.stream.kafka.KafkaAccess;

/// Publishes rows of the store once more, as the relay published them: what a log misses comes, and
/// a log of a new epoch gets all. Positions drop what comes twice.
///
/// Its own thread; a workspace's rows are not published twice within a second.
final class StoreRows implements RowsAgain, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreRows.class);
  private static final Duration REST = Duration.ofSeconds(1);
  private static final int ROWS_AT_ONCE = 1_000;
  private static final String ROWS =
      """
      SELECT position, (extract(epoch FROM recorded_at) * 1000)::bigint, event_id::text, event_type,
             traceparent, payload
        FROM event WHERE tenant = ? AND workspace = ? AND position >= ? ORDER BY position\
      """;

  private final Properties config;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  // By workspace; guarded by itself.
  private final Map<Log, Long> asked = new HashMap<>();

  private record Log(String tenant, String workspace) {}

  private record Wanted(Log log, long from) {}

  /// @param config `kafka.*` with the password of `svc-streams`, `postgres.*` with that of
  ///   `postgres.cdc`
  StoreRows(Properties config) {
    this.config = config;
    this.thread = Thread.ofPlatform().daemon().name("ledger-rows").unstarted(this::run);
    thread.start();
  }

  @Override
  public void ask(String tenant, String workspace, long from) {
    synchronized (asked) {
      asked.put(new Log(tenant, workspace), from);
    }
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      boolean _ = thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!stop.await(REST.toMillis(), TimeUnit.MILLISECONDS)) {
        for (Optional<Wanted> next = take(); next.isPresent(); next = take()) {
          publish(next.get());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<Wanted> take() {
    synchronized (asked) {
      Iterator<Map.Entry<Log, Long>> all = asked.entrySet().iterator();
      if (!all.hasNext()) {
        return Optional.empty();
      }
      Map.Entry<Log, Long> first = all.next();
      all.remove();
      return Optional.of(new Wanted(first.getKey(), first.getValue()));
    }
  }

  private void publish(Wanted wanted) throws InterruptedException {
    try {
      long rows = rows(wanted);
      LOG.atInfo()
          .addKeyValue("tenant", wanted.log.tenant)
          .addKeyValue("workspace", wanted.log.workspace)
          .addKeyValue("from", wanted.from)
          .addKeyValue("rows", rows)
          .log("the store's rows were published again");
    } catch (SQLException | ExecutionException | KafkaException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("workspace", wanted.log.workspace)
          .log("the store's rows can not be published again yet; it is tried again");
      synchronized (asked) {
        asked.putIfAbsent(wanted.log, wanted.from);
      }
      boolean _ = stop.await(REST.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /// What the store does not have is not asked for: then nothing is published.
  private long rows(Wanted wanted) throws SQLException, ExecutionException, InterruptedException {
    Map<String, Object> settings = new HashMap<>(new KafkaAccess(config).client("svc-streams"));
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    try (Connection connection = connect();
        PreparedStatement select = connection.prepareStatement(ROWS);
        var producer =
            new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      select.setString(1, wanted.log.tenant);
      select.setString(2, wanted.log.workspace);
      select.setLong(3, wanted.from);
      select.setFetchSize(ROWS_AT_ONCE);
      long sent = 0;
      Optional<Future<RecordMetadata>> last = Optional.empty();
      try (ResultSet row = select.executeQuery()) {
        while (row.next() && (sent > 0 || row.getLong(1) == wanted.from)) {
          last = Optional.of(producer.send(record(wanted.log, row)));
          sent++;
        }
      }
      producer.flush();
      if (last.isPresent()) {
        RecordMetadata _ = last.get().get();
      }
      return sent;
    }
  }

  private static ProducerRecord<byte[], byte[]> record(Log log, ResultSet row) throws SQLException {
    var record =
        new ProducerRecord<>(
            Topics.events(log.tenant), null, row.getLong(2), utf8(log.workspace), row.getBytes(6));
    header(record, "id", row.getString(3));
    header(record, "position", row.getString(1));
    header(record, "recorded_at", row.getString(2));
    header(record, "type", row.getString(4));
    header(record, "traceparent", row.getString(5));
    return record;
  }

  private static void header(
      ProducerRecord<byte[], byte[]> record, String name, @Nullable String text) {
    if (text != null) {
      record.headers().add(name, utf8(text));
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = StoreConnection.open(config);
    connection.setAutoCommit(false); // the driver fetches in portions only within a transaction
    connection.setReadOnly(true);
    return connection;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

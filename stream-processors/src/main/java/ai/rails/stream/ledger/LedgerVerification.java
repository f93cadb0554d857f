package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import ai.rails.domain.ledger.Origin;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Malformed;
import ai.rails.schema.Topics;
import ai.rails.stream.kafka.KafkaAccess;
import ai.rails.stream.ledger.LedgerReport.Difference;

/// Computes every log twice, from the ledger topics and from the store's rows, and compares leaf by
/// leaf: position, predecessor, time, event hash, run and workflow strands, and the columns against
/// the events. The ledger is read first, so a store that is ahead is lag and no difference.
///
/// Needs 32 bytes of memory an entry. One thread; used once.
public final class LedgerVerification {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int POLLS_WITHOUT_PROGRESS_MAX = 150;
  private static final int ROWS_AT_ONCE = 1_000;
  private static final Comparator<Origin> BY_NAME = Comparator.comparing(Origin::toString);

  private final Properties config;
  private final Map<Origin, LedgerLog> ledger = new TreeMap<>(BY_NAME);
  private final Map<Origin, Long> storeSizes = new TreeMap<>(BY_NAME);
  private final Map<Origin, Difference> differences = new TreeMap<>(BY_NAME);
  private long lag;

  private LedgerVerification(Properties config) {
    this.config = config;
  }

  /// @param config `cell.*`, `kafka.*` with the password of `svc-projection`, `postgres.*` with
  ///   that of `postgres.cdc`
  /// @throws SQLException if the store cannot be read
  public static LedgerReport verify(Properties config) throws SQLException {
    var verification = new LedgerVerification(config);
    verification.readLedger();
    verification.readStore();
    return verification.report();
  }

  private void readLedger() {
    var settings = new HashMap<>(new KafkaAccess(config).client("svc-projection"));
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("max.poll.records", 5_000);
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = partitions(consumer);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      var codec = new LedgerRecordCodec();
      for (int idle = 0; !reached(consumer, ends); ) {
        var records = consumer.poll(POLL);
        records.forEach(record -> accept(record, codec));
        idle = records.isEmpty() ? idle + 1 : 0;
        if (idle > POLLS_WITHOUT_PROGRESS_MAX) {
          throw new IllegalStateException("the ledger topics could not be read to their ends");
        }
      }
    }
  }

  private void accept(ConsumerRecord<byte[], byte[]> record, LedgerRecordCodec codec) {
    String tenant = Topics.tenant(record.topic()).orElseThrow();
    Origin origin = origin(tenant, new String(record.key(), StandardCharsets.UTF_8));
    LedgerLog log = ledger.computeIfAbsent(origin, LedgerLog::new);
    try {
      log.accept(codec.decode(record.value()));
    } catch (Malformed e) {
      differ(origin, log.size() + 1L, "the ledger's record is unreadable");
    }
  }

  private void readStore() throws SQLException {
    var codec = new EventCodec();
    try (Connection connection = connect();
        Statement statement = statement(connection);
        ResultSet row = statement.executeQuery(StoreLog.QUERY)) {
      Optional<StoreLog> current = Optional.empty();
      while (row.next()) {
        Origin origin = origin(row.getString("tenant"), row.getString("workspace"));
        StoreLog log =
            current
                .filter(c -> c.origin().equals(origin))
                .orElseGet(() -> new StoreLog(origin, codec));
        current = Optional.of(log);
        compare(log, row);
      }
    }
  }

  private void compare(StoreLog store, ResultSet row) throws SQLException {
    Origin origin = store.origin();
    storeSizes.merge(origin, 1L, Long::sum);
    if (differences.containsKey(origin)) {
      return;
    }
    long position = row.getLong("position");
    String hash;
    try {
      hash = store.append(row);
    } catch (IllegalArgumentException e) {
      differ(origin, position, "store: " + e.getMessage());
      return;
    }
    LedgerLog log = ledger.get(origin);
    if (log == null || position > log.size()) {
      beyond(origin, position, log == null ? Optional.empty() : log.broken());
    } else if (!log.has(position, hash)) {
      differ(origin, position, "the store's row gives another leaf than the ledger has");
    }
  }

  private void beyond(Origin origin, long position, Optional<String> broken) {
    broken.ifPresentOrElse(reason -> differ(origin, position, "ledger: " + reason), () -> lag++);
  }

  private LedgerReport report() {
    ledger.forEach((origin, log) -> {
      long rows = storeSizes.getOrDefault(origin, 0L);
      log.broken().ifPresent(reason -> differ(origin, log.size() + 1L, "ledger: " + reason));
      if (log.size() > rows) {
        differ(origin, rows + 1, "the ledger has a leaf where the store has no row");
      }
    });
    long rows = storeSizes.values().stream().mapToLong(Long::longValue).sum();
    long leaves = ledger.values().stream().mapToLong(LedgerLog::size).sum();
    var origins = new HashSet<>(storeSizes.keySet());
    origins.addAll(ledger.keySet());
    return new LedgerReport(
        differences.isEmpty(),
        rows,
        leaves,
        origins.size(),
        lag,
        List.copyOf(differences.values()));
  }

  private void differ(Origin origin, long position, String reason) {
    differences.putIfAbsent(
        origin, new Difference(origin.tenant(), origin.workspace(), position, reason));
  }

  private Origin origin(String tenant, String workspace) {
    return Origin.current(config.getProperty("cell.domain"), tenant, workspace);
  }

  private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
    var partitions = new ArrayList<TopicPartition>();
    consumer.listTopics().values().stream()
        .flatMap(List::stream)
        .filter(info -> Topics.LEDGERS.matcher(info.topic()).matches())
        .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
    return partitions;
  }

  private static boolean reached(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                config.getProperty("postgres.host"),
                config.getProperty("postgres.port"),
                config.getProperty("postgres.database")),
        config.getProperty("postgres.cdc.user"),
        config.getProperty("postgres.cdc.password"));
  }

  /// Streams the rows: the driver fetches in portions only within a transaction.
  private static Statement statement(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    Statement statement = connection.createStatement();
    statement.setFetchSize(ROWS_AT_ONCE);
    return statement;
  }
}

package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import ai.rails.domain.ledger.Origin;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Malformed;
import ai.rails.schema.Topics;
import ai.rails.stream.ledger.LedgerReport.Difference;

/// Computes every log twice, from the ledger topics and from the store's rows, and compares leaf by
/// leaf: position, predecessor, time, event hash, run and workflow strands, and the columns against
/// the events. Then it computes the Merkle trees and compares every head, tile and checkpoint. The
/// topics are read first, the tree's before the leaves, so a store that is ahead is lag and no
/// difference.
///
/// Needs about 100 bytes of memory an entry. One thread; used once.
public final class LedgerVerification {
  private static final int ROWS_AT_ONCE = 1_000;
  private static final Comparator<Origin> BY_NAME = Comparator.comparing(Origin::toString);

  private final Properties config;
  private final String principal;
  private final Map<Origin, TreeRecords> trees = new TreeMap<>(BY_NAME);
  private final Map<Origin, LedgerLog> ledger = new TreeMap<>(BY_NAME);
  private final Map<Origin, Long> storeSizes = new TreeMap<>(BY_NAME);
  private final Map<Origin, Difference> differences = new TreeMap<>(BY_NAME);
  private long lag;

  private LedgerVerification(Properties config, String principal) {
    this.config = config;
    this.principal = principal;
  }

  /// @param config `cell.*`, `kafka.*` with the password of `svc-projection`, `postgres.*` with
  ///   that of `postgres.cdc`
  /// @throws SQLException if the store cannot be read
  public static LedgerReport verify(Properties config) throws SQLException {
    return verify(config, "svc-projection");
  }

  /// @param principal who reads the topics
  static LedgerReport verify(Properties config, String principal) throws SQLException {
    var verification = new LedgerVerification(config, principal);
    verification.readTopics();
    verification.readStore();
    return verification.report();
  }

  private void readTopics() {
    var topics = new WholeTopics(config, principal);
    topics.read(Topics.TREE_HEADS, record -> records(record).head(record.value()));
    topics.read(Topics.TILES, this::tile);
    topics.read(Topics.CHECKPOINTS, record -> records(record).checkpoint(record.value()));
    var codec = new LedgerRecordCodec();
    topics.read(Topics.LEDGERS, record -> accept(record, codec));
  }

  private TreeRecords records(ConsumerRecord<byte[], byte[]> record) {
    return trees.computeIfAbsent(
        origin(tenant(record), new String(record.key(), StandardCharsets.UTF_8)),
        TreeRecords::new);
  }

  private void tile(ConsumerRecord<byte[], byte[]> record) {
    String key = new String(record.key(), StandardCharsets.UTF_8);
    int slash = key.indexOf('/');
    Origin origin = origin(tenant(record), key.substring(0, Math.max(slash, 0)));
    String epoch = "/e/%d/".formatted(origin.epoch());
    if (slash > 0 && key.startsWith(epoch, slash)) {
      trees
          .computeIfAbsent(origin, TreeRecords::new)
          .tile(key.substring(slash + epoch.length()), Optional.ofNullable(record.value()));
    }
  }

  private void accept(ConsumerRecord<byte[], byte[]> record, LedgerRecordCodec codec) {
    Origin origin = origin(tenant(record), new String(record.key(), StandardCharsets.UTF_8));
    LedgerLog log = ledger.computeIfAbsent(origin, LedgerLog::new);
    try {
      log.accept(codec.decode(record.value()));
    } catch (Malformed e) {
      differ(origin, log.size() + 1L, "the ledger's record is unreadable");
    }
  }

  private static String tenant(ConsumerRecord<byte[], byte[]> record) {
    return Topics.tenant(record.topic()).orElseThrow();
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
    trees.forEach((origin, records) ->
        records
            .difference(ledger.computeIfAbsent(origin, LedgerLog::new))
            .ifPresent(reason -> differ(origin, 0, "tree: " + reason)));
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
        trees.values().stream().mapToLong(TreeRecords::heads).sum(),
        trees.values().stream().mapToLong(TreeRecords::tiles).sum(),
        trees.values().stream().mapToLong(TreeRecords::checkpoints).sum(),
        List.copyOf(differences.values()));
  }

  private void differ(Origin origin, long position, String reason) {
    differences.putIfAbsent(
        origin, new Difference(origin.tenant(), origin.workspace(), position, reason));
  }

  private Origin origin(String tenant, String workspace) {
    return Origin.current(config.getProperty("cell.domain"), tenant, workspace);
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

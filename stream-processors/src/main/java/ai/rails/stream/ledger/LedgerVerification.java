package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.kafka.clients.consumer.ConsumerRecord;

import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Origin;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
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
  private static final Pattern TILE = Pattern.compile("([^/]*)/e/([1-9][0-9]{0,8})/(.+)");
  private static final Comparator<Origin> BY_NAME = Comparator.comparing(Origin::toString);

  private final Properties config;
  private final String principal;
  private final Map<Origin, TreeRecords> trees = new TreeMap<>(BY_NAME);
  private final Map<Origin, LedgerLog> ledger = new TreeMap<>(BY_NAME);
  private final Map<Origin, Long> storeSizes = new TreeMap<>(BY_NAME);
  private final Map<Origin, Difference> differences = new TreeMap<>(BY_NAME);
  private final Map<Origin, OldEpochs> abandoned = new HashMap<>();
  private final EventCodec codec = new EventCodec();
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
    String text = record.value() == null ? "" : new String(record.value(), StandardCharsets.UTF_8);
    int line = text.indexOf('\n');
    return trees.computeIfAbsent(
        named(record, line < 0 ? "" : text.substring(0, line)), TreeRecords::new);
  }

  private void tile(ConsumerRecord<byte[], byte[]> record) {
    Matcher key = TILE.matcher(new String(record.key(), StandardCharsets.UTF_8));
    if (key.matches() && !key.group(3).equals(Trees.OPENING)) {
      Origin origin = first(record, key.group(1)).in(Integer.parseInt(key.group(2)));
      trees
          .computeIfAbsent(origin, TreeRecords::new)
          .tile(key.group(3), Optional.ofNullable(record.value()));
    }
  }

  private void accept(ConsumerRecord<byte[], byte[]> record, LedgerRecordCodec records) {
    LedgerRecord found;
    Origin origin;
    try {
      found = records.decode(record.value());
      origin = named(record, Leaf.parse(found.leaf()).log());
    } catch (IllegalArgumentException e) {
      unreadable(first(record, workspace(record)));
      return;
    }
    ledger.computeIfAbsent(origin, LedgerLog::new).accept(found);
  }

  /// In whatever epoch the log is: what is unreadable does not say.
  private void unreadable(Origin first) {
    Origin origin =
        ledger.keySet().stream()
            .filter(first::sameWorkspace)
            .max(Comparator.comparingInt(Origin::epoch))
            .orElse(first);
    LedgerLog log = ledger.computeIfAbsent(origin, LedgerLog::new);
    differ(origin, log.size() + 1L, "the ledger's record is unreadable");
  }

  /// The log that a record says it is of, if that is one of its workspace; else the first.
  private Origin named(ConsumerRecord<byte[], byte[]> record, String name) {
    Origin first = first(record, workspace(record));
    return Origin.parse(name).filter(first::sameWorkspace).orElse(first);
  }

  private Origin first(ConsumerRecord<byte[], byte[]> record, String workspace) {
    return Origin.first(config.getProperty("cell.domain"), tenant(record), workspace);
  }

  private static String workspace(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  private static String tenant(ConsumerRecord<byte[], byte[]> record) {
    return Topics.tenant(record.topic()).orElseThrow();
  }

  private void readStore() throws SQLException {
    try (Connection connection = StoreConnection.open(config)) {
      StoreEpochs epochs = StoreEpochs.read(connection, config.getProperty("cell.domain"), codec);
      try (Statement statement = statement(connection);
          ResultSet row = statement.executeQuery(StoreLog.QUERY)) {
        Optional<StoreLog> current = Optional.empty();
        while (row.next()) {
          Origin origin = epochs.current(row.getString("tenant"), row.getString("workspace"));
          StoreLog log =
              current
                  .filter(c -> c.origin().equals(origin))
                  .orElseGet(() -> new StoreLog(origin, epochs.genesis(origin), codec));
          current = Optional.of(log);
          compare(log, row);
          old(origin, epochs, row);
        }
      }
    }
    abandoned.forEach(
        (origin, old) -> old.shorter().ifPresent(reason -> differ(origin, 0, "store: " + reason)));
  }

  private void old(Origin origin, StoreEpochs epochs, ResultSet row) throws SQLException {
    if (origin.epoch() > 1 && !differences.containsKey(origin)) {
      abandoned
          .computeIfAbsent(
              origin,
              _ -> new OldEpochs(origin, epochs, codec, o -> Optional.ofNullable(ledger.get(o))))
          .append(row)
          .ifPresent(reason -> differ(origin, 0, "store: " + reason));
    }
  }

  private void compare(StoreLog store, ResultSet row) throws SQLException {
    Origin origin = store.origin();
    storeSizes.merge(origin, 1L, Long::sum);
    if (differences.containsKey(origin)) {
      return;
    }
    long position = row.getLong("position");
    LedgerLog log = ledger.get(origin);
    Predicate<String> written =
        hash -> log == null || position > log.size() || log.has(position, hash);
    String hash;
    try {
      hash = store.append(row, written);
    } catch (IllegalArgumentException e) {
      differ(origin, position, "store: " + e.getMessage());
      return;
    }
    if (log == null || position > log.size()) {
      beyond(origin, position, log == null ? Optional.empty() : log.broken());
    } else if (!log.has(position, hash)) {
      differ(origin, position, "the store's row gives another leaf than the ledger has");
    }
  }

  private void beyond(Origin origin, long position, Optional<String> broken) {
    broken.ifPresentOrElse(reason -> differ(origin, position, "ledger: " + reason), () -> lag++);
  }

  /// Whether another log has taken its place: what became of it is not asked any more.
  private boolean isAbandoned(Origin origin) {
    return abandoned.keySet().stream()
        .anyMatch(now -> now.sameWorkspace(origin) && now.epoch() > origin.epoch());
  }

  private LedgerReport report() {
    ledger.keySet().removeIf(this::isAbandoned);
    trees.keySet().removeIf(this::isAbandoned);
    differences.keySet().removeIf(this::isAbandoned);
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

  /// Streams the rows: the driver fetches in portions only within a transaction.
  private static Statement statement(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    Statement statement = connection.createStatement();
    statement.setFetchSize(ROWS_AT_ONCE);
    return statement;
  }
}

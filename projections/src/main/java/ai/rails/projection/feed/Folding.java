package ai.rails.projection.feed;

import java.sql.Connection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.ledger.Sha256;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.projection.Entry;
import ai.rails.projection.Projection;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Recorded;

import static ai.rails.projection.jooq.generated.Tables.HEAD;

/// Folds ledger records into all views, and moves the feed's offset in the same transaction.
///
/// Kafka delivers at least once; a position is folded once. A position that is missing stops the
/// feed: views never show a history with a hole. Used by one feed's thread; folders of the same
/// partition in other processes wait for each other.
public final class Folding implements Feed.Fold {
  private static final Settings QUIET = new Settings().withExecuteLogging(false);

  private final Database database;
  private final List<Projection> projections;
  private final EventCodec events;
  private final Optional<Map<String, Long>> bounds;
  private final Map<String, Integer> epochs;
  private final LedgerRecordCodec records = new LedgerRecordCodec();
  private final Set<String> cut = new HashSet<>();

  public Folding(Database database, List<Projection> projections, EventCodec events) {
    this(database, projections, events, Optional.empty(), Map.of());
  }

  private Folding(
      Database database,
      List<Projection> projections,
      EventCodec events,
      Optional<Map<String, Long>> bounds,
      Map<String, Integer> epochs) {
    this.database = database;
    this.projections = List.copyOf(projections);
    this.events = events;
    this.bounds = bounds.map(Map::copyOf);
    this.epochs = Map.copyOf(epochs);
  }

  /// A topic's record.
  ///
  /// @param timestamp as its writer set it, Unix milliseconds
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way in; never compared
  public record Received(long offset, long timestamp, byte[] value) {
    public Received(long offset, byte[] value) {
      this(offset, 0, value);
    }
  }

  /// What a batch came to.
  ///
  /// @param positions log (`tenant/workspace`) to the position it was folded to
  /// @param entries how many were folded; those folded before are not counted
  public record Folded(Map<String, Long> positions, int entries) {}

  /// The same folding, but no log further than to a position: `tenant/workspace` to position. That
  /// is one of the log's epoch as it is now: logs that were abandoned before are folded whole, and
  /// tell nobody how far they are.
  Folding upTo(Map<String, Long> heads) {
    return new Folding(database, projections, events, Optional.of(heads), epochs());
  }

  /// Folds records of one partition, in their order.
  ///
  /// @throws IllegalStateException if a position is missing, or a leaf does not fit its event
  @Override
  public Folded fold(String topic, int part, List<Received> batch) {
    return database.inTenant(
        tenant(topic),
        connection -> {
          DSLContext sql = sql(connection);
          Offsets.claim(sql, topic, part);
          Heads heads = new Heads(sql);
          TreeEdges trees = new TreeEdges(sql);
          int folded = 0;
          for (Received received : batch) {
            LedgerRecord record = records.decode(received.value());
            folded += fold(sql, heads, trees, topic, part, record) ? 1 : 0;
          }
          heads.save();
          trees.save();
          if (!cut.contains(partition(topic, part))) {
            Offsets.save(sql, topic, part, batch.getLast().offset() + 1);
          }
          return new Folded(heads.moved(epochs), folded);
        });
  }

  private boolean fold(
      DSLContext sql, Heads heads, TreeEdges trees, String topic, int part, LedgerRecord record) {
    Leaf leaf = Leaf.parse(record.leaf());
    Recorded recorded = events.decode(record.event());
    String tenant = recorded.header().tenant();
    if (!topic.equals("t.%s.ledger.v1".formatted(tenant))) {
      throw new IllegalStateException(
          "an event of tenant %s came through topic %s; the feed stops here"
              .formatted(tenant, topic));
    }
    LeafFit.require(record, leaf, recorded);
    if (isBeyond(Heads.key(tenant, recorded.header().workspace()), leaf)) {
      cut.add(partition(topic, part));
      return false;
    }
    if (!heads.accepts(recorded.header(), leaf)) {
      return false;
    }
    Entry entry =
        new Entry(
            recorded.header(),
            recorded.event(),
            leaf.seq(),
            leaf.time(),
            record.leaf(),
            HexFormat.of().parseHex(Sha256.ofLeaf(record.leaf())),
            record.event());
    int epoch = Heads.epoch(leaf.log());
    if (epoch == 1 || !Epochs.toldAgain(sql, entry)) {
      projections.forEach(projection -> projection.fold(sql, entry));
    }
    if (recorded.event() instanceof EpochOpened opened && opened.epoch() == epoch) {
      Epochs.cutOff(sql, entry);
    }
    trees.append(entry, epoch);
    heads.move(entry, leaf.log());
    return true;
  }

  private boolean isBeyond(String log, Leaf leaf) {
    return bounds.isPresent()
        && Heads.epoch(leaf.log()) >= epochs.getOrDefault(log, 1)
        && leaf.seq() > bounds.get().getOrDefault(log, 0L);
  }

  @Override
  public Optional<Long> offset(String topic, int part) {
    return database.inTransaction(connection -> Offsets.find(sql(connection), topic, part));
  }

  /// How far each log is folded: `tenant/workspace` to position.
  public Map<String, Long> heads() {
    return database.acrossTenants(
        Errand.FOLLOW,
        connection ->
            sql(connection)
                .selectFrom(HEAD)
                .fetchMap(
                    row -> Heads.key(row.get(HEAD.TENANT), row.get(HEAD.WORKSPACE)),
                    row -> row.get(HEAD.POSITION)));
  }

  private Map<String, Integer> epochs() {
    return database.acrossTenants(
        Errand.FOLLOW,
        connection ->
            sql(connection)
                .selectFrom(HEAD)
                .fetchMap(
                    row -> Heads.key(row.get(HEAD.TENANT), row.get(HEAD.WORKSPACE)),
                    row -> Heads.epoch(row.get(HEAD.ORIGIN))));
  }

  /// Forgets everything, so that the feed folds again from the start.
  public void reset() {
    int _ =
        database.inTransaction(connection ->
            sql(connection)
                .truncate(ai.rails.projection.jooq.generated.Projection.PROJECTION.getTables())
                .execute());
  }

  /// Whose topic it is: whatever its records claim, rows of others can not be written.
  private static String tenant(String topic) {
    return topic.substring("t.".length(), topic.length() - ".ledger.v1".length());
  }

  private static String partition(String topic, int part) {
    return topic + "-" + part;
  }

  static DSLContext sql(Connection connection) {
    return DSL.using(connection, SQLDialect.POSTGRES, QUIET);
  }
}

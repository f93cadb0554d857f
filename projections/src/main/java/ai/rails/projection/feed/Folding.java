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
import ai.rails.domain.ledger.Sha256;
import ai.rails.platform.postgres.Database;
import ai.rails.projection.Entry;
import ai.rails.projection.Projection;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Recorded;

import static ai.rails.projection.jooq.generated.Tables.FEED_OFFSET;
import static ai.rails.projection.jooq.generated.Tables.HEAD;

/// Folds ledger records into all views, and moves the feed's offset in the same transaction.
///
/// Kafka delivers at least once; a position is folded once. A position that is missing stops the
/// feed: views never show a history with a hole. Used by one feed's thread; folders of the same
/// partition in other processes wait for each other.
public final class Folding {
  private static final Settings QUIET = new Settings().withExecuteLogging(false);

  private final Database database;
  private final List<Projection> projections;
  private final EventCodec events;
  private final Optional<Map<String, Long>> bounds;
  private final LedgerRecordCodec records = new LedgerRecordCodec();
  private final Set<String> cut = new HashSet<>();

  public Folding(Database database, List<Projection> projections, EventCodec events) {
    this(database, projections, events, Optional.empty());
  }

  private Folding(
      Database database,
      List<Projection> projections,
      EventCodec events,
      Optional<Map<String, Long>> bounds) {
    this.database = database;
    this.projections = List.copyOf(projections);
    this.events = events;
    this.bounds = bounds.map(Map::copyOf);
  }

  /// The record of a ledger topic.
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way in; never compared
  public record Received(long offset, byte[] value) {}

  /// What a batch came to.
  ///
  /// @param positions log (`tenant/workspace`) to the position it was folded to
  /// @param entries how many were folded; those folded before are not counted
  public record Folded(Map<String, Long> positions, int entries) {}

  /// The same folding, but no log further than to a position: `tenant/workspace` to position.
  Folding upTo(Map<String, Long> heads) {
    return new Folding(database, projections, events, Optional.of(heads));
  }

  /// Folds records of one partition, in their order.
  ///
  /// @throws IllegalStateException if a position is missing, or a leaf does not fit its event
  public Folded fold(String topic, int part, List<Received> batch) {
    return database.inTransaction(connection -> {
      DSLContext sql = sql(connection);
      claim(sql, topic, part);
      Heads heads = new Heads(sql);
      int folded = 0;
      for (Received received : batch) {
        folded += fold(sql, heads, topic, part, records.decode(received.value())) ? 1 : 0;
      }
      heads.save();
      if (!cut.contains(partition(topic, part))) {
        saveOffset(sql, topic, part, batch.getLast().offset() + 1);
      }
      return new Folded(heads.moved(), folded);
    });
  }

  private boolean fold(DSLContext sql, Heads heads, String topic, int part, LedgerRecord record) {
    Leaf leaf = Leaf.parse(record.leaf());
    Recorded recorded = events.decode(record.event());
    String tenant = recorded.header().tenant();
    if (!topic.equals("t.%s.ledger.v1".formatted(tenant))) {
      throw new IllegalStateException(
          "an event of tenant %s came through topic %s; the feed stops here"
              .formatted(tenant, topic));
    }
    LeafFit.require(record, leaf, recorded);
    if (isBeyond(Heads.key(tenant, recorded.header().workspace()), leaf.seq())) {
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
    projections.forEach(projection -> projection.fold(sql, entry));
    heads.move(entry);
    return true;
  }

  private boolean isBeyond(String log, long position) {
    return bounds.isPresent() && position > bounds.get().getOrDefault(log, 0L);
  }

  /// Where the feed goes on, or nothing if it never read this partition.
  Optional<Long> offset(String topic, int part) {
    return database.inTransaction(connection ->
        sql(connection)
            .select(FEED_OFFSET.NEXT_OFFSET)
            .from(FEED_OFFSET)
            .where(FEED_OFFSET.TOPIC.eq(topic), FEED_OFFSET.PART.eq(part))
            .fetchOptional(FEED_OFFSET.NEXT_OFFSET));
  }

  /// How far each log is folded: `tenant/workspace` to position.
  public Map<String, Long> heads() {
    return database.inTransaction(connection ->
        sql(connection)
            .selectFrom(HEAD)
            .fetchMap(
                row -> Heads.key(row.get(HEAD.TENANT), row.get(HEAD.WORKSPACE)),
                row -> row.get(HEAD.POSITION)));
  }

  /// Forgets everything, so that the feed folds again from the start.
  public void reset() {
    int _ =
        database.inTransaction(connection ->
            sql(connection)
                .truncate(ai.rails.projection.jooq.generated.Projection.PROJECTION.getTables())
                .execute());
  }

  /// Takes the partition's row for this transaction: after a rebalance, two feeds may for a moment
  /// hold the same records, and the second one must see what the first one folded.
  private static void claim(DSLContext sql, String topic, int part) {
    sql.insertInto(FEED_OFFSET)
        .set(FEED_OFFSET.TOPIC, topic)
        .set(FEED_OFFSET.PART, part)
        .set(FEED_OFFSET.NEXT_OFFSET, 0L)
        .onConflict(FEED_OFFSET.TOPIC, FEED_OFFSET.PART)
        .doUpdate()
        .set(FEED_OFFSET.NEXT_OFFSET, FEED_OFFSET.NEXT_OFFSET)
        .execute();
  }

  private static void saveOffset(DSLContext sql, String topic, int part, long next) {
    sql.update(FEED_OFFSET)
        .set(FEED_OFFSET.NEXT_OFFSET, DSL.greatest(FEED_OFFSET.NEXT_OFFSET, DSL.val(next)))
        .where(FEED_OFFSET.TOPIC.eq(topic), FEED_OFFSET.PART.eq(part))
        .execute();
  }

  private static String partition(String topic, int part) {
    return topic + "-" + part;
  }

  static DSLContext sql(Connection connection) {
    return DSL.using(connection, SQLDialect.POSTGRES, QUIET);
  }
}

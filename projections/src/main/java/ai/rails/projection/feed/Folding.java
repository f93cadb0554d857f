package ai.rails.projection.feed;

import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jooq.DSLContext;
import org.jooq.SQLDialect;
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
/// feed: views never show a history with a hole. Used by one thread for each partition.
public final class Folding {
  private final Database database;
  private final List<Projection> projections;
  private final EventCodec events;
  private final LedgerRecordCodec records = new LedgerRecordCodec();

  public Folding(Database database, List<Projection> projections, EventCodec events) {
    this.database = database;
    this.projections = List.copyOf(projections);
    this.events = events;
  }

  /// The record of a ledger topic.
  @SuppressWarnings("ArrayRecordComponent")
  public record Received(long offset, byte[] value) {}

  /// Folds records of one partition, in their order.
  ///
  /// @return workspace (`tenant/workspace`) to the position it was folded to
  /// @throws IllegalStateException if a position is missing, or a leaf does not fit its event
  public Map<String, Long> fold(String topic, int part, List<Received> batch) {
    return database.inTransaction(connection -> {
      DSLContext sql = sql(connection);
      Heads heads = new Heads(sql);
      for (Received received : batch) {
        fold(sql, heads, topic, records.decode(received.value()));
      }
      heads.save();
      saveOffset(sql, topic, part, batch.getLast().offset() + 1);
      return heads.moved();
    });
  }

  private void fold(DSLContext sql, Heads heads, String topic, LedgerRecord record) {
    Leaf leaf = Leaf.parse(record.leaf());
    Recorded recorded = events.decode(record.event());
    if (!topic.equals("t.%s.ledger.v1".formatted(recorded.header().tenant()))) {
      throw new IllegalStateException(
          "an event of tenant %s came through topic %s"
              .formatted(recorded.header().tenant(), topic));
    }
    if (!leaf.eventSha256().equals(Sha256.hex(record.event()))) {
      throw new IllegalStateException(
          "leaf %d of %s does not hold its event's hash".formatted(leaf.seq(), leaf.log()));
    }
    if (!heads.accepts(recorded.header(), leaf.seq(), leaf.prev())) {
      return;
    }
    byte[] hash = java.util.HexFormat.of().parseHex(Sha256.ofLeaf(record.leaf()));
    Entry entry =
        new Entry(
            recorded.header(),
            recorded.event(),
            leaf.seq(),
            leaf.time(),
            record.leaf(),
            hash,
            record.event());
    projections.forEach(projection -> projection.fold(sql, entry));
    heads.move(entry);
  }

  /// Where the feed goes on, or nothing if it never read this partition.
  public Optional<Long> offset(String topic, int part) {
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
                row -> row.get(HEAD.TENANT) + "/" + row.get(HEAD.WORKSPACE), HEAD.POSITION::get));
  }

  /// Forgets everything, so that the feed folds again from the start.
  public void reset() {
    database.inTransaction(connection -> {
      DSLContext sql = sql(connection);
      ai.rails.projection.jooq.generated.Projection.PROJECTION
          .getTables()
          .forEach(table -> sql.truncate(table).execute());
      return HEAD;
    });
  }

  private static void saveOffset(DSLContext sql, String topic, int part, long next) {
    sql.insertInto(FEED_OFFSET)
        .set(FEED_OFFSET.TOPIC, topic)
        .set(FEED_OFFSET.PART, part)
        .set(FEED_OFFSET.NEXT_OFFSET, next)
        .onConflict(FEED_OFFSET.TOPIC, FEED_OFFSET.PART)
        .doUpdate()
        .set(FEED_OFFSET.NEXT_OFFSET, next)
        .execute();
  }

  static DSLContext sql(Connection connection) {
    return DSL.using(connection, SQLDialect.POSTGRES);
  }
}

package ai.rails.projection.feed;

import java.util.Optional;

import org.jooq.DSLContext;
import org.jooq.impl.DSL;

import static ai.rails.projection.jooq.generated.Tables.FEED_OFFSET;

/// Where each feed goes on, kept beside what it folded.
final class Offsets {
  private Offsets() {}

  /// Takes the partition's row for this transaction: after a rebalance, two feeds may for a moment
  /// hold the same records, and the second one must see what the first one folded.
  static void claim(DSLContext sql, String topic, int part) {
    sql.insertInto(FEED_OFFSET)
        .set(FEED_OFFSET.TOPIC, topic)
        .set(FEED_OFFSET.PART, part)
        .set(FEED_OFFSET.NEXT_OFFSET, 0L)
        .onConflict(FEED_OFFSET.TOPIC, FEED_OFFSET.PART)
        .doUpdate()
        .set(FEED_OFFSET.NEXT_OFFSET, FEED_OFFSET.NEXT_OFFSET)
        .execute();
  }

  static void save(DSLContext sql, String topic, int part, long next) {
    sql.update(FEED_OFFSET)
        .set(FEED_OFFSET.NEXT_OFFSET, DSL.greatest(FEED_OFFSET.NEXT_OFFSET, DSL.val(next)))
        .where(FEED_OFFSET.TOPIC.eq(topic), FEED_OFFSET.PART.eq(part))
        .execute();
  }

  /// Empty if the partition was never read.
  static Optional<Long> find(DSLContext sql, String topic, int part) {
    return sql.select(FEED_OFFSET.NEXT_OFFSET)
        .from(FEED_OFFSET)
        .where(FEED_OFFSET.TOPIC.eq(topic), FEED_OFFSET.PART.eq(part))
        .fetchOptional(FEED_OFFSET.NEXT_OFFSET);
  }
}

package ai.rails.projection.feed;

import java.util.Arrays;
import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record2;

import ai.rails.domain.ledger.Leaf;
import ai.rails.projection.Entry;

import static ai.rails.projection.jooq.generated.Tables.ABANDONED_ENTRY;
import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// A log of a new epoch tells the history of the abandoned one again.
final class Epochs {
  private Epochs() {}

  /// Whether the views have this event already, from the abandoned log. Then only its leaf is new;
  /// the old one is kept. An event that the store lost makes room for the one that took its place.
  static boolean toldAgain(DSLContext sql, Entry entry) {
    Optional<Record2<byte[], byte[]>> known =
        sql.select(ENTRY.LEAF, ENTRY.EVENT)
            .from(ENTRY)
            .where(
                ENTRY.TENANT.eq(entry.tenant()),
                ENTRY.WORKSPACE.eq(entry.workspace()),
                ENTRY.POSITION.eq(entry.position()))
            .fetchOptional();
    if (known.isEmpty()) {
      return false;
    }
    byte[] leaf = known.get().value1();
    keep(
        sql,
        entry,
        entry.position(),
        Heads.epoch(Leaf.parse(leaf).log()),
        leaf,
        known.get().value2());
    boolean same = Arrays.equals(known.get().value2(), entry.bytes());
    if (same) {
      sql.update(ENTRY)
          .set(ENTRY.LEAF, entry.leaf())
          .where(
              ENTRY.TENANT.eq(entry.tenant()),
              ENTRY.WORKSPACE.eq(entry.workspace()),
              ENTRY.POSITION.eq(entry.position()))
          .execute();
    } else {
      sql.deleteFrom(ENTRY)
          .where(
              ENTRY.TENANT.eq(entry.tenant()),
              ENTRY.WORKSPACE.eq(entry.workspace()),
              ENTRY.POSITION.eq(entry.position()))
          .execute();
    }
    return same;
  }

  /// The act that opened the log: what the abandoned one had from there on is not in the store any
  /// more, and no entry of this log's. It stays where abandoned logs are.
  static void cutOff(DSLContext sql, Entry opening) {
    Condition behind =
        ENTRY
            .TENANT
            .eq(opening.tenant())
            .and(ENTRY.WORKSPACE.eq(opening.workspace()))
            .and(ENTRY.POSITION.gt(opening.position()));
    sql.select(ENTRY.POSITION, ENTRY.LEAF, ENTRY.EVENT)
        .from(ENTRY)
        .where(behind)
        .forEach(row ->
            keep(
                sql,
                opening,
                row.value1(),
                Heads.epoch(Leaf.parse(row.value2()).log()),
                row.value2(),
                row.value3()));
    sql.deleteFrom(ENTRY).where(behind).execute();
  }

  private static void keep(
      DSLContext sql, Entry log, long position, int epoch, byte[] leaf, byte[] event) {
    sql.insertInto(ABANDONED_ENTRY)
        .set(ABANDONED_ENTRY.TENANT, log.tenant())
        .set(ABANDONED_ENTRY.WORKSPACE, log.workspace())
        .set(ABANDONED_ENTRY.EPOCH, epoch)
        .set(ABANDONED_ENTRY.POSITION, position)
        .set(ABANDONED_ENTRY.LEAF, leaf)
        .set(ABANDONED_ENTRY.EVENT, event)
        .onConflictDoNothing()
        .execute();
  }
}

package ai.rails.projection.checkpoint;

import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SortField;
import org.jooq.impl.DSL;

import ai.rails.domain.checkpoint.Note;

import static ai.rails.projection.jooq.generated.Tables.CHECKPOINT;

/// Looks up checkpoints of a log. Each was verified when it was folded.
public final class Checkpoints {
  private Checkpoints() {}

  /// A checkpoint that may be believed.
  ///
  /// @param note signed, and cosigned if it says so
  /// @param signedAt when the log's note was published, Unix milliseconds
  /// @param cosignedAt the newest cosignature's time, Unix milliseconds
  public record Kept(
      long size, Note note, boolean cosigned, long signedAt, Optional<Long> cosignedAt) {}

  /// The first cosigned checkpoint that has this many entries or more. It is the same for ever:
  /// later cosignatures are taken for larger trees only.
  public static Optional<Kept> covering(DSLContext sql, Log log, long entries) {
    return one(
        sql,
        log,
        CHECKPOINT.COSIGNED.isTrue().and(CHECKPOINT.SIZE.ge(entries)),
        CHECKPOINT.SIZE.asc());
  }

  /// The newest one that witnesses have seen.
  public static Optional<Kept> newestCosigned(DSLContext sql, Log log) {
    return one(sql, log, CHECKPOINT.COSIGNED.isTrue(), CHECKPOINT.SIZE.desc());
  }

  /// The newest one that witnesses have seen, as they cosigned it last.
  public static Optional<Note> lastSeen(DSLContext sql, Log log) {
    return sql.select(DSL.coalesce(CHECKPOINT.LATEST, CHECKPOINT.NOTE))
        .from(CHECKPOINT)
        .where(
            CHECKPOINT.TENANT.eq(log.tenant()),
            CHECKPOINT.WORKSPACE.eq(log.workspace()),
            CHECKPOINT.EPOCH.eq(log.epoch()),
            CHECKPOINT.COSIGNED.isTrue())
        .orderBy(CHECKPOINT.SIZE.desc())
        .limit(1)
        .fetchOptional(row -> Note.parse(row.value1()));
  }

  /// The newest one at all.
  public static Optional<Kept> newest(DSLContext sql, Log log) {
    return one(sql, log, CHECKPOINT.SIZE.isNotNull(), CHECKPOINT.SIZE.desc());
  }

  /// The one of exactly this size.
  public static Optional<Kept> of(DSLContext sql, Log log, long size) {
    return one(sql, log, CHECKPOINT.SIZE.eq(size), CHECKPOINT.SIZE.asc());
  }

  private static Optional<Kept> one(
      DSLContext sql, Log log, Condition which, SortField<Long> order) {
    return sql.selectFrom(CHECKPOINT)
        .where(
            CHECKPOINT.TENANT.eq(log.tenant()),
            CHECKPOINT.WORKSPACE.eq(log.workspace()),
            CHECKPOINT.EPOCH.eq(log.epoch()),
            which)
        .orderBy(order)
        .limit(1)
        .fetchOptional(Checkpoints::kept);
  }

  private static Kept kept(Record row) {
    return new Kept(
        row.get(CHECKPOINT.SIZE),
        Note.parse(row.get(CHECKPOINT.NOTE)),
        row.get(CHECKPOINT.COSIGNED),
        row.get(CHECKPOINT.SIGNED_AT),
        Optional.ofNullable(row.get(CHECKPOINT.COSIGNED_AT)));
  }
}

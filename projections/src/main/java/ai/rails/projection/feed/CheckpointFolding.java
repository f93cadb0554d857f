package ai.rails.projection.feed;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.jooq.DSLContext;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Proofs;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.projection.checkpoint.Checkpoints;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.checkpoint.StoredTiles;

import static ai.rails.projection.jooq.generated.Tables.CHECKPOINT;
import static ai.rails.projection.jooq.generated.Tables.HEAD;

/// Takes in the notes that signer and witnesses publish.
///
/// A note that our policy does not let us believe is passed over: whoever may write to a topic can
/// not thereby stop it. A note that is the log's, and whose root is not the root of our own tree,
/// stops its tenant's partition: then somebody was shown another history. Used by one feed's
/// thread.
public final class CheckpointFolding implements Feed.Fold {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolding.class);
  private static final int NOTE_BYTES = 64 << 10;

  private final Database database;
  private final Supplier<String> policy;
  private final AtomicLong passedOver = new AtomicLong();

  /// @param policy text of the cell's tlog-policy
  public CheckpointFolding(Database database, Supplier<String> policy) {
    this.database = database;
    this.policy = policy;
  }

  /// A note that is the log's.
  private record Believed(
      Log log, Checkpoint checkpoint, Note note, TlogPolicy.Judgement judgement) {
    String workspace() {
      return log.workspace();
    }
  }

  /// How many notes were not believed.
  public long passedOver() {
    return passedOver.get();
  }

  /// Folds notes of one partition, in their order.
  ///
  /// @return log of an epoch to the size of its newest cosigned checkpoint
  /// @throws Early if a note is of more entries than were folded
  /// @throws IllegalStateException if a signed root is not ours
  @Override
  public Folding.Folded fold(String topic, int part, List<Folding.Received> batch) {
    String tenant = tenant(topic);
    TlogPolicy cell = TlogPolicy.parse(policy.get());
    return database.inTenant(
        tenant,
        connection -> {
          DSLContext sql = Folding.sql(connection);
          Offsets.claim(sql, topic, part);
          Map<String, Long> sizes = new HashMap<>();
          int kept = 0;
          for (Folding.Received received : batch) {
            Optional<Believed> note = believed(tenant, cell, received.value());
            if (note.isEmpty()) {
              passedOver.incrementAndGet();
            } else if (isOfThisLog(sql, tenant, note.get())) {
              kept++;
              if (keep(sql, tenant, note.get(), received.timestamp())) {
                sizes.put(
                    Heads.key(tenant, note.get().log().name()), note.get().checkpoint().size());
              }
            }
          }
          Offsets.save(sql, topic, part, batch.getLast().offset() + 1);
          return new Folding.Folded(sizes, kept);
        });
  }

  @Override
  public Optional<Long> offset(String topic, int part) {
    return database.inTransaction(connection -> Offsets.find(Folding.sql(connection), topic, part));
  }

  /// Newest cosigned sizes: `tenant/`[Log#name()] to entries.
  public Map<String, Long> sizes() {
    return database.acrossTenants(
        Errand.FOLLOW,
        connection ->
            Folding.sql(connection)
                .select(
                    CHECKPOINT.TENANT,
                    CHECKPOINT.WORKSPACE,
                    CHECKPOINT.EPOCH,
                    DSL.max(CHECKPOINT.SIZE))
                .from(CHECKPOINT)
                .where(CHECKPOINT.COSIGNED.isTrue())
                .groupBy(CHECKPOINT.TENANT, CHECKPOINT.WORKSPACE, CHECKPOINT.EPOCH)
                .fetchMap(
                    row ->
                        Heads.key(
                            row.value1(), new Log(row.value1(), row.value2(), row.value3()).name()),
                    row -> row.value4()));
  }

  private static Optional<Believed> believed(String tenant, TlogPolicy cell, byte[] value) {
    try {
      if (value == null || value.length > NOTE_BYTES) {
        return unbelievable(tenant, "it is no note, or too long");
      }
      Note note = Note.parse(value);
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      Optional<Log> log =
          Origin.parse(checkpoint.origin())
              .filter(origin -> origin.tenant().equals(tenant))
              .map(origin -> new Log(tenant, origin.workspace(), origin.epoch()));
      if (log.isEmpty()) {
        return unbelievable(tenant, "it is of another tenant's log, or of none");
      }
      TlogPolicy.Judgement judgement = cell.forLog(checkpoint.origin()).judge(note);
      return judgement.logSigned()
          ? Optional.of(new Believed(log.get(), checkpoint, note, judgement))
          : unbelievable(tenant, "no key of the policy has signed it");
    } catch (IllegalArgumentException e) {
      return unbelievable(tenant, "its form is wrong");
    }
  }

  private static Optional<Believed> unbelievable(String tenant, String why) {
    LOG.atWarn()
        .addKeyValue("tenant", tenant)
        .addKeyValue("reason", why)
        .log("a note was passed over");
    return Optional.empty();
  }

  /// Whether the note is of the log that is followed here, and of its history.
  private static boolean isOfThisLog(DSLContext sql, String tenant, Believed note) {
    Checkpoint checkpoint = note.checkpoint();
    String log = Heads.key(tenant, note.workspace());
    var head =
        sql.select(HEAD.POSITION, HEAD.ORIGIN)
            .from(HEAD)
            .where(HEAD.TENANT.eq(tenant), HEAD.WORKSPACE.eq(note.workspace()))
            .fetchOptional();
    int epoch = head.map(row -> Heads.epoch(row.value2())).orElse(1);
    if (note.log().epoch() < epoch) {
      return isKnown(sql, note);
    }
    long folded = note.log().epoch() == epoch ? head.map(row -> row.value1()).orElse(0L) : 0L;
    if (folded < checkpoint.size()) {
      throw new Early(
          "log %s has a signed checkpoint of %d entries, and %d have come"
              .formatted(log, checkpoint.size(), folded));
    }
    if (checkpoint.size() == 0
        || head.filter(row -> row.value2().equals(checkpoint.origin())).isEmpty()) {
      return false;
    }
    byte[] ours = Proofs.root(StoredTiles.nodes(sql, note.log()), checkpoint.size());
    if (!Merkle.equal(ours, checkpoint.root())) {
      throw new IllegalStateException(
          "the signed root of log %s at %d entries is not ours: somebody was shown another history; the feed stops here"
              .formatted(log, checkpoint.size()));
    }
    return true;
  }

  /// Cosignatures of an abandoned log's head may come late; new heads of it may not.
  private static boolean isKnown(DSLContext sql, Believed note) {
    return Checkpoints.of(sql, note.log(), note.checkpoint().size())
        .filter(kept -> kept.note().text().equals(note.note().text()))
        .isPresent();
  }

  /// The first cosigned note of a size stays, and none is taken for a smaller tree than the largest
  /// cosigned one: so the first checkpoint that covers an entry is the same for ever.
  ///
  /// @return whether it is a cosigned one that was not known
  private static boolean keep(DSLContext sql, String tenant, Believed note, long time) {
    long size = note.checkpoint().size();
    boolean cosigned =
        note.judgement().quorum()
            && !sql.fetchExists(
                CHECKPOINT,
                CHECKPOINT
                    .TENANT
                    .eq(tenant)
                    .and(CHECKPOINT.WORKSPACE.eq(note.workspace()))
                    .and(CHECKPOINT.EPOCH.eq(note.log().epoch()))
                    .and(CHECKPOINT.COSIGNED.isTrue())
                    .and(CHECKPOINT.SIZE.ge(size)));
    Long seen = cosigned ? note.judgement().newest().map(s -> s * 1_000).orElse(time) : null;
    sql.insertInto(CHECKPOINT)
        .set(CHECKPOINT.TENANT, tenant)
        .set(CHECKPOINT.WORKSPACE, note.workspace())
        .set(CHECKPOINT.EPOCH, note.log().epoch())
        .set(CHECKPOINT.SIZE, size)
        .set(CHECKPOINT.ROOT, note.checkpoint().root())
        .set(CHECKPOINT.NOTE, note.note().bytes())
        .set(CHECKPOINT.COSIGNED, cosigned)
        .set(CHECKPOINT.SIGNED_AT, time)
        .set(CHECKPOINT.COSIGNED_AT, seen)
        .onConflict(CHECKPOINT.TENANT, CHECKPOINT.WORKSPACE, CHECKPOINT.EPOCH, CHECKPOINT.SIZE)
        .doUpdate()
        .set(CHECKPOINT.NOTE, DSL.excluded(CHECKPOINT.NOTE))
        .set(CHECKPOINT.COSIGNED, true)
        .set(CHECKPOINT.COSIGNED_AT, DSL.excluded(CHECKPOINT.COSIGNED_AT))
        .where(CHECKPOINT.COSIGNED.isFalse().and(DSL.excluded(CHECKPOINT.COSIGNED).isTrue()))
        .execute();
    if (!cosigned && note.judgement().quorum()) {
      keepLatest(sql, tenant, note);
    }
    return cosigned;
  }

  /// Witnesses said again, and later, that this checkpoint is the newest.
  private static void keepLatest(DSLContext sql, String tenant, Believed note) {
    long seen = note.judgement().newest().orElse(0L) * 1_000;
    sql.update(CHECKPOINT)
        .set(CHECKPOINT.LATEST, note.note().bytes())
        .set(CHECKPOINT.LATEST_AT, seen)
        .where(
            CHECKPOINT.TENANT.eq(tenant),
            CHECKPOINT.WORKSPACE.eq(note.workspace()),
            CHECKPOINT.EPOCH.eq(note.log().epoch()),
            CHECKPOINT.SIZE.eq(note.checkpoint().size()),
            CHECKPOINT.COSIGNED.isTrue(),
            DSL.coalesce(CHECKPOINT.LATEST_AT, CHECKPOINT.COSIGNED_AT, DSL.inline(0L)).lt(seen))
        .execute();
  }

  private static String tenant(String topic) {
    return topic.substring("t.".length(), topic.length() - ".checkpoints.v1".length());
  }
}

package ai.rails.command.privacy;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.run.RunPlace;
import ai.rails.domain.Actor;
import ai.rails.domain.Refused;
import ai.rails.domain.privacy.ErasureEvent.Cause;
import ai.rails.domain.privacy.Retention;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;
import ai.rails.platform.telemetry.Measure;

/// Erases what its time is over. Any number of processes may do this at once.
///
/// A tenant's row is claimed by moving it to its next round, so that a process which dies in
/// between is followed by another a little later. Runs go in batches, each in a transaction of its
/// own with an entry of its own; held runs are left and counted. One thread looks.
final class RetentionClock implements AutoCloseable {
  /// Runs of one look-up, and rows of one deletion.
  static final int BATCH = 100;

  static final String REASON = "RETENTION";

  private static final Logger LOG = LoggerFactory.getLogger(RetentionClock.class);
  private static final Actor CLOCK = new Actor(Actor.Kind.TIMER, "retention");
  private static final Duration ROUND = Duration.ofMinutes(10);
  private static final Duration LOOK = Duration.ofSeconds(20);

  private static final String ENSURE =
      """
      INSERT INTO retention (tenant, content_days, trace_days, audit_days, due_at)
      SELECT tenant, ?, ?, ?, ? FROM tenant WHERE status = 'ACTIVE' ON CONFLICT DO NOTHING\
      """;
  private static final String CLAIM =
      """
      UPDATE retention SET due_at = ?
       WHERE tenant IN (SELECT tenant FROM retention WHERE due_at <= ?
                         ORDER BY due_at LIMIT 8 FOR UPDATE SKIP LOCKED)
      RETURNING tenant, content_days, trace_days, audit_days\
      """;
  private static final String NOT_HELD =
      "NOT EXISTS (SELECT 1 FROM legal_hold h WHERE " + Holds.COVERS + ")";
  private static final String EXPIRED =
      """
      SELECT r.run, r.workspace, r.environment, r.workflow, r.artifact_digest, r.ended_at
        FROM run_index r
       WHERE r.tenant = ? AND r.erased_at IS NULL AND r.ended_at < ? AND (r.ended_at, r.run) > (?, ?)
         AND NOT EXISTS (
           SELECT 1 FROM run_index f
            WHERE f.tenant = r.tenant AND f.fork_of = r.run AND f.ended_at IS NULL)
         AND\
      """
          + " "
          + NOT_HELD
          + " ORDER BY r.ended_at, r.run LIMIT ?";
  private static final String HELD =
      "SELECT count(*) FROM run_index r WHERE r.tenant = ? AND r.erased_at IS NULL"
          + " AND r.ended_at < ? AND EXISTS (SELECT 1 FROM legal_hold h WHERE "
          + Holds.COVERS
          + ")";
  private static final String TRACES =
      """
      DELETE FROM step_task WHERE (tenant, run, step, attempt) IN (
        SELECT t.tenant, t.run, t.step, t.attempt FROM step_task t
          JOIN run_index r ON r.tenant = t.tenant AND r.run = t.run
         WHERE t.tenant = ? AND NOT t.open AND r.ended_at < ? AND\
      """
          + " "
          + NOT_HELD
          + " LIMIT ?)";

  private final Database database;
  private final Erasures erasures;
  private final InstantSource clock;
  private final Map<String, Integer> held = new ConcurrentHashMap<>();
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("retention-", 0).factory());
  private volatile boolean stopped;

  /// @param clock tells whose time is over
  RetentionClock(Database database, Erasures erasures, InstantSource clock) {
    this.database = database;
    this.erasures = erasures;
    this.clock = clock;
  }

  /// A tenant whose round it is.
  private record Round(String tenant, Retention retention) {
    static Round of(ResultSet row) throws SQLException {
      return new Round(
          row.getString(1), new Retention(row.getInt(2), row.getInt(3), row.getInt(4)));
    }
  }

  /// A run whose time is over.
  private record Expired(RunPlace place, Instant endedAt) {}

  /// What a round did.
  record Swept(int runs, int held, int traceRows) {}

  /// Looks three times a minute from now on.
  RetentionClock start() {
    var _ =
        looking.scheduleWithFixedDelay(
            this::lookOrLog, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return this;
  }

  List<Measure> measures() {
    return List.of(
        Measure.level(
            "airails.retention.held",
            "{run}",
            "Runs past their time that a legal hold keeps, as the last round saw them.",
            () -> held.values().stream().mapToLong(Integer::longValue).sum()));
  }

  private void lookOrLog() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.warn("retention waits for the database", e);
    }
  }

  /// Does the rounds that are due now.
  void look() {
    Instant now = clock.instant();
    Retention usual = Retention.DEFAULT;
    List<Round> due =
        database.acrossTenants(
            Errand.RETENTION,
            c -> {
              Sql.execute(
                  c,
                  ENSURE,
                  usual.contentDays(),
                  usual.traceDays(),
                  usual.auditDays(),
                  Timestamp.from(now));
              return Sql.all(
                  c, CLAIM, Round::of, Timestamp.from(now.plus(ROUND)), Timestamp.from(now));
            });
    for (Round round : due) {
      Swept swept = sweep(round, now);
      held.put(round.tenant(), swept.held());
      if (swept.runs() + swept.traceRows() > 0) {
        LOG.atInfo()
            .addKeyValue("tenant", round.tenant())
            .addKeyValue("runs", swept.runs())
            .addKeyValue("held", swept.held())
            .addKeyValue("traceRows", swept.traceRows())
            .log("retention applied");
      }
    }
  }

  private Swept sweep(Round round, Instant now) {
    Instant content = now.minus(Duration.ofDays(round.retention().contentDays()));
    Instant trace = now.minus(Duration.ofDays(round.retention().traceDays()));
    int runs = 0;
    int refused = 0;
    Expired last = null;
    List<Expired> batch;
    do {
      batch = expired(round.tenant(), content, Optional.ofNullable(last));
      for (Expired run : batch) {
        if (erased(run)) {
          runs++;
        } else {
          refused++;
        }
        last = run;
      }
    } while (batch.size() == BATCH && !stopped);
    return new Swept(runs, refused + held(round.tenant(), content), traces(round.tenant(), trace));
  }

  private List<Expired> expired(String tenant, Instant before, Optional<Expired> last) {
    Instant from = last.map(Expired::endedAt).orElse(Instant.EPOCH);
    return database.inTenant(
        tenant,
        c ->
            Sql.all(
                c,
                EXPIRED,
                row -> new Expired(place(tenant, row), row.getTimestamp(6).toInstant()),
                tenant,
                Timestamp.from(before),
                Timestamp.from(from),
                last.map(run -> run.place().run()).orElse(""),
                BATCH));
  }

  private static RunPlace place(String tenant, ResultSet row) throws SQLException {
    return new RunPlace(
        tenant,
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5));
  }

  /// A hold that was placed a moment ago, or that keeps a fork, is respected here too.
  private boolean erased(Expired run) {
    try {
      var _ =
          erasures.erase(
              run.place(),
              new Erasures.Ask(Cause.RETENTION, REASON, CLOCK, Optional.empty()),
              _ -> {});
      return true;
    } catch (Refused e) {
      LOG.atDebug()
          .addKeyValue("tenant", run.place().tenant())
          .addKeyValue("run", run.place().run())
          .addKeyValue("code", e.code())
          .log("a run past its time is kept");
      return false;
    }
  }

  private int held(String tenant, Instant before) {
    return database.inTenant(
        tenant,
        c -> Sql.one(c, HELD, row -> row.getInt(1), tenant, Timestamp.from(before)).orElse(0));
  }

  private int traces(String tenant, Instant before) {
    int rows = 0;
    int deleted;
    do {
      deleted =
          database.inTenant(
              tenant, c -> Sql.execute(c, TRACES, tenant, Timestamp.from(before), BATCH));
      rows += deleted;
    } while (deleted == BATCH && !stopped);
    return rows;
  }

  @Override
  public void close() {
    stopped = true;
    looking.shutdown();
    try {
      boolean _ = looking.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

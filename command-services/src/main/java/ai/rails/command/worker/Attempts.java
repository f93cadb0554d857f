package ai.rails.command.worker;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import ai.rails.command.run.TimerRows;
import ai.rails.domain.Refused;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Claim;

/// Who holds which attempt: leases with epochs, by the database's clock. Thread-safe.
final class Attempts {
  private static final String CLAIM =
      """
      UPDATE step_task
         SET epoch = epoch + 1, owner = ?,
             deadline = coalesce(deadline, clock_timestamp() + ? * interval '1 millisecond'),
             lease_until = least(
               clock_timestamp() + ? * interval '1 millisecond',
               coalesce(deadline, clock_timestamp() + ? * interval '1 millisecond'))
       WHERE tenant = ? AND run = ? AND step = ? AND attempt = ? AND command_id = ? AND open
         AND (owner IS NULL OR owner = ? OR lease_until <= clock_timestamp())
         AND (deadline IS NULL OR deadline > clock_timestamp())
      RETURNING epoch, attempt_group, purpose, traceparent,
                (extract(epoch FROM lease_until) * 1000)::bigint,
                (extract(epoch FROM clock_timestamp()) * 1000)::bigint
      """;
  private static final String KNOWN =
      "SELECT 1 FROM step_task WHERE tenant = ? AND run = ? AND step = ? AND attempt = ?";
  private static final String HELD =
      """
      SELECT epoch, attempt_group, purpose, traceparent,
             (extract(epoch FROM lease_until) * 1000)::bigint,
             (extract(epoch FROM clock_timestamp()) * 1000)::bigint
        FROM step_task
       WHERE tenant = ? AND run = ? AND step = ? AND attempt = ? AND epoch = ? AND owner = ? AND open
         AND lease_until > clock_timestamp() + ? * interval '1 millisecond' FOR UPDATE
      """;
  private static final String RENEW =
      """
      UPDATE step_task
         SET lease_until = least(
               greatest(lease_until, clock_timestamp() + ? * interval '1 millisecond'), deadline)
       WHERE tenant = ? AND run = ? AND step = ? AND attempt = ? AND epoch = ? AND owner = ? AND open
         AND lease_until > clock_timestamp()
      RETURNING (extract(epoch FROM lease_until) * 1000)::bigint,
                (extract(epoch FROM clock_timestamp()) * 1000)::bigint
      """;

  private static final String FRESHEN =
      """
      UPDATE step_task SET freshened = freshened + 1
       WHERE tenant = ? AND run = ? AND step = ? AND attempt = ? AND freshened < ?
      """;

  /// Times are rounded to milliseconds: a timer may come late, never early.
  private static final long ROUNDING_MILLIS = 2;

  private final TimerRows timers;
  private final Duration lease;

  Attempts(TimerRows timers, Duration lease) {
    this.timers = timers;
    this.lease = lease;
  }

  private record Term(long until, long now) {}

  /// An attempt that was claimed; times are Unix milliseconds of the database.
  record Held(
      long epoch,
      int group,
      Purpose purpose,
      Optional<String> traceparent,
      long leaseUntil,
      long now) {
    static Held of(ResultSet row) throws SQLException {
      return new Held(
          row.getLong(1),
          row.getInt(2),
          Purpose.valueOf(row.getString(3)),
          Optional.ofNullable(row.getString(4)),
          row.getLong(5),
          row.getLong(6));
    }
  }

  /// Gives an attempt to a worker. The same worker may claim again: the earlier epoch is fenced
  /// then. The attempt's time runs from its first claim; no lease reaches beyond its end.
  ///
  /// @param timeout of the step
  /// @throws Refused with STEP_NOT_OPEN, or NOT_FOUND if there is no such attempt to be seen
  Held claim(Connection c, WorkerIdentity worker, Claim claim, Duration timeout)
      throws SQLException {
    Optional<Held> found =
        Sql.one(
            c,
            CLAIM,
            Held::of,
            worker.worker(),
            timeout.toMillis(),
            lease.toMillis(),
            timeout.toMillis(),
            worker.tenant(),
            claim.run(),
            claim.step(),
            claim.attempt(),
            commandId(claim),
            worker.worker());
    if (found.isEmpty()) {
      throw notOpen(c, worker, claim);
    }
    Held held = found.get();
    var place = new TimerRows.Place(worker.tenant(), claim.run(), claim.step(), claim.attempt());
    Duration left = left(held.leaseUntil(), held.now());
    timers.lease(c, place, held.epoch(), left, held.traceparent());
    return held;
  }

  /// A command can come to a worker before the transaction that wrote it can be seen here: the log
  /// is read ahead of the snapshot. That is not the same as an attempt that is over.
  private static Refused notOpen(Connection c, WorkerIdentity worker, Claim claim)
      throws SQLException {
    boolean known =
        Sql.one(
                c,
                KNOWN,
                row -> row.getInt(1),
                worker.tenant(),
                claim.run(),
                claim.step(),
                claim.attempt())
            .isPresent();
    return known
        ? new Refused(
            Refused.Code.STEP_NOT_OPEN,
            "attempt %d of step %s is over or another worker's"
                .formatted(claim.attempt(), claim.step()))
        : new Refused(
            Refused.Code.NOT_FOUND,
            "attempt %d of step %s is not to be seen; ask again"
                .formatted(claim.attempt(), claim.step()));
  }

  /// Makes a lease longer, up to the attempt's deadline.
  ///
  /// @return its new end, Unix milliseconds
  /// @throws Refused with STALE_LEASE
  long renew(Connection c, WorkerIdentity worker, Attempt a) throws SQLException {
    return renew(c, worker, a, lease);
  }

  /// Counts that an attempt is given fresh tickets.
  ///
  /// @throws Refused with TOO_MANY
  static void freshen(Connection c, WorkerIdentity worker, Attempt a, int most)
      throws SQLException {
    int counted = Sql.execute(c, FRESHEN, worker.tenant(), a.run(), a.step(), a.attempt(), most);
    if (counted == 0) {
      throw new Refused(
          Refused.Code.TOO_MANY,
          "attempt %d of step %s was given fresh tickets %d times; no call takes longer"
              .formatted(a.attempt(), a.step(), most));
    }
  }

  /// Whether an ordinary lease is long enough.
  boolean lasts(Duration needed) {
    return needed.compareTo(lease) <= 0;
  }

  /// Makes a lease last for a slow request, if it would not.
  long renew(Connection c, WorkerIdentity worker, Attempt a, Duration atLeast) throws SQLException {
    Duration wanted = atLeast.compareTo(lease) > 0 ? atLeast : lease;
    Term term =
        Sql.one(
                c,
                RENEW,
                row -> new Term(row.getLong(1), row.getLong(2)),
                wanted.toMillis(),
                worker.tenant(),
                a.run(),
                a.step(),
                a.attempt(),
                a.epoch(),
                worker.worker())
            .orElseThrow(() -> stale(a));
    var place = new TimerRows.Place(worker.tenant(), a.run(), a.step(), a.attempt());
    timers.renew(c, place, a.epoch(), left(term.until(), term.now()));
    return term.until();
  }

  private static Duration left(long until, long now) {
    return Duration.ofMillis(until - now + ROUNDING_MILLIS);
  }

  /// The fence: locks the attempt until the transaction ends, if it is the worker's under this
  /// epoch and will be for `margin`.
  ///
  /// @throws Refused with STALE_LEASE
  Held require(Connection c, WorkerIdentity worker, Attempt a, Duration margin)
      throws SQLException {
    return Sql.one(
            c,
            HELD,
            Held::of,
            worker.tenant(),
            a.run(),
            a.step(),
            a.attempt(),
            a.epoch(),
            worker.worker(),
            margin.toMillis())
        .orElseThrow(() -> stale(a));
  }

  private static UUID commandId(Claim claim) {
    try {
      return UUID.fromString(claim.commandId());
    } catch (IllegalArgumentException e) {
      throw new Refused(Refused.Code.INVALID, "commandId must be a UUID");
    }
  }

  static Refused stale(Attempt a) {
    return new Refused(
        Refused.Code.STALE_LEASE,
        "the lease of attempt %d of step %s under epoch %d has ended; stop working on it"
            .formatted(a.attempt(), a.step(), a.epoch()));
  }
}

package ai.rails.command.key;

import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Refused;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Sql;

/// Nonces, and what each worker holds, as rows. Every method joins its caller's transaction.
///
/// @param clock says what has expired
record ReleaseRows(InstantSource clock) {
  /// How long a worker may take to confirm what was sealed to it.
  static final Duration CONFIRM = Duration.ofSeconds(30);

  static final Duration NONCE_LIFETIME = Duration.ofSeconds(60);
  private static final int MAX_OPEN_NONCES = 16;

  /// @throws Problem with 429 if the worker has too many open ones
  Instant open(Connection connection, WorkerIdentity worker, String nonce) throws SQLException {
    Instant now = clock.instant();
    Sql.execute(
        connection,
        "DELETE FROM release_nonce WHERE tenant = ? AND worker = ? AND expires_at < ?",
        worker.tenant(),
        worker.worker(),
        Timestamp.from(now));
    Instant expiresAt = now.plus(NONCE_LIFETIME);
    int inserted =
        Sql.execute(
            connection,
            """
            INSERT INTO release_nonce (tenant, worker, nonce, expires_at)
            SELECT ?, ?, ?, ? WHERE ? > (
              SELECT count(*) FROM release_nonce WHERE tenant = ? AND worker = ?)\
            """,
            worker.tenant(),
            worker.worker(),
            nonce,
            Timestamp.from(expiresAt),
            MAX_OPEN_NONCES,
            worker.tenant(),
            worker.worker());
    if (inserted == 0) {
      throw new Problem(429, "TOO_MANY_NONCES", "use the nonces you have, or wait a minute")
          .with("Retry-After", "60");
    }
    return expiresAt;
  }

  /// Takes a nonce before anything is looked at: it is gone whatever comes of the evidence.
  ///
  /// @throws Problem with 403 NONCE_SPENT if it is unknown, spent or expired
  void spend(Connection connection, WorkerIdentity worker, String nonce) throws SQLException {
    int spent =
        Sql.execute(
            connection,
            """
            DELETE FROM release_nonce
             WHERE tenant = ? AND worker = ? AND nonce = ? AND expires_at >= ?\
            """,
            worker.tenant(),
            worker.worker(),
            nonce,
            Timestamp.from(clock.instant()));
    if (spent == 0) {
      throw new Problem(
          403, "NONCE_SPENT", "the nonce is unknown, spent or expired; ask for a new one");
    }
  }

  /// What was sealed to a worker, until it confirms.
  ///
  /// @param confirmation the MAC that the worker will show
  @SuppressWarnings("ArrayRecordComponent") // on its way into a row; never compared here
  record Pending(String releaseId, Instant until, byte[] confirmation) {}

  /// What a worker's platform will soon be called, or nothing.
  void demotion(Connection connection, WorkerIdentity worker, Optional<Outlook> next)
      throws SQLException {
    Sql.execute(
        connection,
        "UPDATE worker SET demotion = ? WHERE tenant = ? AND worker = ?",
        next.map(Outlook::status),
        worker.tenant(),
        worker.worker());
  }

  /// A worker's name stays with the workflow version and environment of its first certificate.
  ///
  /// @throws Refused if it is another one's
  void admit(Connection connection, WorkerIdentity worker, String workspace, Pending pending)
      throws SQLException {
    int rows =
        Sql.execute(
            connection,
            """
            INSERT INTO worker
              (tenant, worker, workspace, environment, artifact_digest,
               pending_release, pending_until, pending_mac, pending_before)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant, worker)
            DO UPDATE SET pending_release = excluded.pending_release,
                          pending_until = excluded.pending_until,
                          pending_mac = excluded.pending_mac,
                          pending_before = excluded.pending_before
             WHERE worker.environment = excluded.environment
               AND worker.artifact_digest = excluded.artifact_digest
               AND NOT worker.ended AND worker.ending_until IS NULL\
            """,
            worker.tenant(),
            worker.worker(),
            workspace,
            worker.environment(),
            worker.artifactDigest(),
            pending.releaseId(),
            Timestamp.from(pending.until()),
            pending.confirmation(),
            Timestamp.from(clock.instant().plus(CONFIRM)));
    if (rows == 0) {
      throw new Refused(
          Refused.Code.FORBIDDEN,
          "worker %s has ended, or was admitted for another workflow version or environment"
              .formatted(worker.worker()));
    }
  }

  /// Makes a release count.
  ///
  /// @throws Problem with 403 RELEASE_NOT_CONFIRMED if it is another one, late, or the MAC is wrong
  void confirm(Connection connection, WorkerIdentity worker, String releaseId, byte[] mac)
      throws SQLException {
    Optional<byte[]> expected =
        Sql.one(
            connection,
            """
            SELECT pending_mac FROM worker
             WHERE tenant = ? AND worker = ? AND pending_release = ? AND pending_before >= ?
               AND NOT ended FOR UPDATE\
            """,
            row -> row.getBytes(1),
            worker.tenant(),
            worker.worker(),
            releaseId,
            Timestamp.from(clock.instant()));
    if (expected.isEmpty() || !MessageDigest.isEqual(expected.get(), mac)) {
      throw new Problem(
          403,
          "RELEASE_NOT_CONFIRMED",
          "the release is not this worker's, is confirmed, or took too long; ask for a new one");
    }
    Sql.execute(
        connection,
        """
        UPDATE worker SET release_id = pending_release, release_until = pending_until,
               epoch = epoch + 1, pending_release = NULL, pending_until = NULL,
               pending_mac = NULL, pending_before = NULL
         WHERE tenant = ? AND worker = ?\
        """,
        worker.tenant(),
        worker.worker());
  }

  /// Lets a worker take no new step from now on.
  ///
  /// @return whether it holds anything that it could finish
  static boolean drain(
      Connection connection, String tenant, String worker, String reason, Duration patience)
      throws SQLException {
    return Sql.execute(
            connection,
            """
            UPDATE worker
               SET ending_reason = coalesce(ending_reason, ?),
                   ending_until = coalesce(
                     ending_until, clock_timestamp() + ? * interval '1 millisecond')
             WHERE tenant = ? AND worker = ? AND NOT ended AND release_until > clock_timestamp()\
            """,
            reason,
            patience.toMillis(),
            tenant,
            worker)
        == 1;
  }

  /// Ends the leases of a worker now: the attempts are rescheduled at once, and what it still sends
  /// about them is stale.
  static void fence(Connection connection, String tenant, String worker) throws SQLException {
    Sql.execute(
        connection,
        """
        WITH fenced AS (
          UPDATE step_task SET lease_until = clock_timestamp()
           WHERE tenant = ? AND owner = ? AND open AND lease_until > clock_timestamp()
          RETURNING tenant, run, step, attempt, epoch)
        UPDATE timer t SET due_at = clock_timestamp() FROM fenced f
         WHERE t.tenant = f.tenant AND t.run = f.run AND t.step = f.step AND t.kind = 'LEASE'
           AND t.attempt = f.attempt AND t.epoch = f.epoch\
        """,
        tenant,
        worker);
  }

  /// A worker of which something is over.
  ///
  /// @param release that it held last
  record Due(String tenant, String worker, String release, String reason) {}

  /// Workers whose keys have expired without anybody having said so.
  static List<Due> expired(Connection connection, int most) throws SQLException {
    return Sql.all(
        connection,
        """
        SELECT tenant, worker, release_id FROM worker
         WHERE NOT ended AND release_until <= clock_timestamp()
           AND release_id IS DISTINCT FROM expired_release
         ORDER BY release_until LIMIT ?\
        """,
        row -> new Due(row.getString(1), row.getString(2), row.getString(3), ""),
        most);
  }

  /// Workers that are to end and have nothing left in hand, or no time.
  static List<Due> drained(Connection connection, int most) throws SQLException {
    return Sql.all(
        connection,
        """
        SELECT w.tenant, w.worker, coalesce(w.release_id, ''), w.ending_reason FROM worker w
         WHERE NOT w.ended AND w.ending_until IS NOT NULL
           AND (w.ending_until <= clock_timestamp() OR NOT EXISTS (
             SELECT 1 FROM step_task s
              WHERE s.tenant = w.tenant AND s.owner = w.worker AND s.open
                AND s.lease_until > clock_timestamp()))
         ORDER BY w.ending_until LIMIT ?\
        """,
        row -> new Due(row.getString(1), row.getString(2), row.getString(3), row.getString(4)),
        most);
  }

  /// Takes note that the expiry of a release was said.
  ///
  /// @return false if the worker holds another one meanwhile, or somebody else has said it
  static boolean expire(Connection connection, Due due) throws SQLException {
    return Sql.execute(
            connection,
            """
            UPDATE worker SET expired_release = release_id
             WHERE tenant = ? AND worker = ? AND release_id = ? AND NOT ended
               AND release_until <= clock_timestamp()
               AND release_id IS DISTINCT FROM expired_release\
            """,
            due.tenant(),
            due.worker(),
            due.release())
        == 1;
  }

  /// Ends what a worker holds, for ever.
  static void end(Connection connection, String tenant, String worker) throws SQLException {
    Sql.execute(
        connection,
        """
        UPDATE worker SET ended = true, release_until = NULL, ending_until = NULL,
               pending_release = NULL,
               pending_until = NULL, pending_mac = NULL, pending_before = NULL
         WHERE tenant = ? AND worker = ?\
        """,
        tenant,
        worker);
    Sql.execute(
        connection, "DELETE FROM release_nonce WHERE tenant = ? AND worker = ?", tenant, worker);
  }
}

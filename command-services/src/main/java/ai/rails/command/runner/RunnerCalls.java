package ai.rails.command.runner;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Refused;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.worker.RunnerProtocol.SealedCall;
import ai.rails.schema.worker.RunnerProtocol.Take;

/// Calls on their way by a runner, sealed both ways: nothing here opens them.
public final class RunnerCalls {
  /// Most calls that a runner takes at a time.
  private static final int TAKEN_MOST = 16;

  /// Most bytes of them. The largest call fits, and in base64 all fit into an answer of 16 MiB.
  private static final int TAKEN_BYTES_MOST = 11 << 20;

  private static final String INSERT =
      """
      INSERT INTO runner_call (tenant, call_id, epoch, run, workspace, environment, runner, instance,
        sealed, not_after, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'WAITING')
      ON CONFLICT (tenant, call_id, epoch) DO UPDATE SET run = excluded.run
       WHERE runner_call.sealed = excluded.sealed
      """;

  /// What nobody took in time nobody takes any more; that is told by the database's clock alone.
  private static final String WITHDRAW =
      """
      UPDATE runner_call SET state = 'WITHDRAWN'
       WHERE tenant = ? AND call_id = ? AND epoch = ? AND state = 'WAITING'
         AND not_after < clock_timestamp()
      """;

  private static final String STANDING =
      """
      SELECT state, answer FROM runner_call WHERE tenant = ? AND call_id = ? AND epoch = ?
      """;

  /// Taken calls are given again while they may still be made, to the spool that took them: an
  /// answer can be lost on its way, and a spool lets a call leave once. Another spool knows nothing
  /// of that.
  private static final String TAKE =
      """
      WITH open AS (
        SELECT tenant, call_id, epoch, created_at, octet_length(sealed) AS bytes FROM runner_call
         WHERE tenant = ? AND runner = ? AND workspace = ? AND environment = ?
           AND state IN ('WAITING', 'TAKEN') AND (state = 'WAITING' OR taken_by = ?)
           AND not_after >= clock_timestamp() AND NOT (call_id || '.' || epoch) = ANY (?)
         ORDER BY created_at, call_id, epoch LIMIT ? FOR UPDATE SKIP LOCKED),
      fitting AS (
        SELECT tenant, call_id, epoch, sum(bytes) OVER (ORDER BY created_at, call_id, epoch) AS total
          FROM open)
      UPDATE runner_call SET state = 'TAKEN', taken_by = ?
       WHERE (tenant, call_id, epoch) IN (
         SELECT tenant, call_id, epoch FROM fitting WHERE total <= ?)
      RETURNING call_id, epoch, instance, (extract(epoch FROM not_after) * 1000)::bigint, sealed
      """;

  private static final String ANSWER =
      """
      UPDATE runner_call SET state = 'ANSWERED', answer = ?
       WHERE tenant = ? AND call_id = ? AND epoch = ? AND runner = ? AND workspace = ?
         AND environment = ? AND state = 'TAKEN'
      """;
  private static final String SWEEP =
      "DELETE FROM runner_call WHERE created_at < clock_timestamp() - interval '1 hour'";

  private RunnerCalls() {}

  /// A sealed call and where it goes.
  ///
  /// @param notAfter a runner does not begin it later
  @SuppressWarnings("ArrayRecordComponent") // never changed, never compared
  public record HandedOver(
      RunnerIdentity to,
      String callId,
      long epoch,
      String run,
      String instance,
      byte[] sealed,
      Instant notAfter) {}

  /// Where a call is.
  ///
  /// @param state `WAITING`, `TAKEN`, `ANSWERED` or `WITHDRAWN`
  /// @param answer base64
  public record Standing(String state, Optional<String> answer) {}

  /// Stores a call once; the same bytes again change nothing.
  ///
  /// @throws Refused with CALL_ALREADY_INTENDED if others lie there
  public static void insert(Connection c, HandedOver call) throws SQLException {
    int rows =
        Sql.execute(
            c,
            INSERT,
            call.to().tenant(),
            call.callId(),
            call.epoch(),
            call.run(),
            call.to().workspace(),
            call.to().environment(),
            call.to().runner(),
            call.instance(),
            call.sealed(),
            Timestamp.from(call.notAfter()));
    if (rows == 0) {
      throw new Refused(
          Refused.Code.CALL_ALREADY_INTENDED,
          "call %s was handed over under epoch %d".formatted(call.callId(), call.epoch()));
    }
  }

  /// Where a call is now; one that nobody took in time is withdrawn with this.
  public static Optional<Standing> standing(Connection c, String tenant, String callId, long epoch)
      throws SQLException {
    int _ = Sql.execute(c, WITHDRAW, tenant, callId, epoch);
    return Sql.one(
        c,
        STANDING,
        row ->
            new Standing(
                row.getString(1), Optional.ofNullable(row.getBytes(2)).map(RunnerCalls::base64)),
        tenant,
        callId,
        epoch);
  }

  /// Gives a runner the calls that it may begin now: as many as it asks for, 16 and 11 MiB at most,
  /// and none that it says it has.
  public static List<SealedCall> take(Connection c, RunnerIdentity who, Take asked)
      throws SQLException {
    return Sql.all(
        c,
        TAKE,
        row ->
            new SealedCall(
                row.getString(1),
                row.getLong(2),
                row.getString(3),
                row.getLong(4),
                base64(row.getBytes(5))),
        who.tenant(),
        who.runner(),
        who.workspace(),
        who.environment(),
        asked.spool(),
        asked.known().stream()
            .map(each -> each.callId() + "." + each.epoch())
            .toArray(String[]::new),
        Math.clamp(asked.most(), 0, TAKEN_MOST),
        asked.spool(),
        TAKEN_BYTES_MOST);
  }

  /// @return whether somebody waits for it
  public static boolean answer(
      Connection c, RunnerIdentity who, String callId, long epoch, byte[] sealed)
      throws SQLException {
    return Sql.execute(
            c,
            ANSWER,
            sealed,
            who.tenant(),
            callId,
            epoch,
            who.runner(),
            who.workspace(),
            who.environment())
        == 1;
  }

  /// Takes away what is an hour old.
  public static void sweep(Database database) {
    int _ = database.acrossTenants(Errand.SWEEP, c -> Sql.execute(c, SWEEP));
  }

  /// Takes away what is left of a run that is erased.
  public static void erase(Connection c, String tenant, String run) throws SQLException {
    Sql.execute(c, "DELETE FROM runner_call WHERE tenant = ? AND run = ?", tenant, run);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}

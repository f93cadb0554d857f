package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import ai.rails.platform.postgres.Sql;

/// Sets and deletes timers in their setter's transaction. Due times are the database's clock plus a
/// delay, so that the clocks of processes need not agree. Thread-safe.
public final class TimerRows {
  private static final String SET =
      """
      INSERT INTO timer
        (timer_id, tenant, run, kind, step, attempt, epoch, due_at, traceparent, reason)
      VALUES (?, ?, ?, ?, ?, ?, ?, clock_timestamp() + ? * interval '1 millisecond', ?, ?)
      """;
  private static final String RENEW =
      """
      UPDATE timer SET due_at = clock_timestamp() + ? * interval '1 millisecond'
       WHERE tenant = ? AND run = ? AND step = ? AND kind = 'LEASE' AND attempt = ? AND epoch = ?
      """;
  private static final String DELETE_ATTEMPT =
      """
      DELETE FROM timer
       WHERE tenant = ? AND run = ? AND step = ? AND kind IN ('STEP_DUE', 'LEASE')
      """;
  private static final String DELETE_GATE =
      """
      DELETE FROM timer
       WHERE tenant = ? AND run = ? AND step = ? AND kind IN ('GATE_EXPIRY', 'GATE_ESCALATION')
      """;
  private static final String DELETE_ESCALATION =
      """
      DELETE FROM timer
       WHERE tenant = ? AND run = ? AND step = ? AND kind = 'GATE_ESCALATION' AND attempt = ?
      """;
  private static final String DELETE_RUN = "DELETE FROM timer WHERE tenant = ? AND run = ?";

  private final Supplier<UUID> ids;

  /// @param ids gives UUIDs of version 7
  public TimerRows(Supplier<UUID> ids) {
    this.ids = ids;
  }

  /// An attempt of a step.
  public record Place(String tenant, String run, String step, int attempt) {}

  /// Sets a timer for an attempt's lease in the place of all others of the step's attempts.
  public void lease(
      Connection c, Place place, long epoch, Duration lease, Optional<String> traceparent)
      throws SQLException {
    clearAttempts(c, place.tenant(), place.run(), place.step());
    set(c, TimerKind.LEASE, place, epoch, lease, traceparent);
  }

  /// Moves a lease's end.
  public void renew(Connection c, Place place, long epoch, Duration lease) throws SQLException {
    Sql.execute(
        c,
        RENEW,
        lease.toMillis(),
        place.tenant(),
        place.run(),
        place.step(),
        place.attempt(),
        epoch);
  }

  /// Lets a step come later.
  ///
  /// @param reason why, for whoever can let it come earlier
  void due(Connection c, Place place, Duration delay, String reason, Optional<String> traceparent)
      throws SQLException {
    set(c, TimerKind.STEP_DUE, place, 0, delay, reason, traceparent);
  }

  void set(
      Connection c,
      TimerKind kind,
      Place place,
      long epoch,
      Duration delay,
      Optional<String> traceparent)
      throws SQLException {
    set(c, kind, place, epoch, delay, "", traceparent);
  }

  private void set(
      Connection c,
      TimerKind kind,
      Place place,
      long epoch,
      Duration delay,
      String reason,
      Optional<String> traceparent)
      throws SQLException {
    Sql.execute(
        c,
        SET,
        ids.get(),
        place.tenant(),
        place.run(),
        kind.name(),
        place.step(),
        place.attempt(),
        epoch,
        Math.max(0, delay.toMillis()),
        traceparent,
        reason);
  }

  /// No attempt of the step is due or leased any more.
  void clearAttempts(Connection c, String tenant, String run, String step) throws SQLException {
    Sql.execute(c, DELETE_ATTEMPT, tenant, run, step);
  }

  void clearGate(Connection c, String tenant, String run, String gate) throws SQLException {
    Sql.execute(c, DELETE_GATE, tenant, run, gate);
  }

  void clearEscalation(Connection c, String tenant, String run, String gate, int level)
      throws SQLException {
    Sql.execute(c, DELETE_ESCALATION, tenant, run, gate, level);
  }

  void clearRun(Connection c, String tenant, String run) throws SQLException {
    Sql.execute(c, DELETE_RUN, tenant, run);
  }
}

package ai.rails.command.flow;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

import ai.rails.domain.Refused;
import ai.rails.domain.run.Hold;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.platform.postgres.Sql;

/// The rows of flows and of calls on their way, in the transaction of the intent or the outcome. A
/// call is looked at without locks before policy is asked, and under the instance's lock with the
/// intent. Thread-safe.
public final class Flows {
  /// What says nothing of the other side: the worker went silent, or the caller is at fault.
  private static final Set<String> NOT_THEIRS =
      Set.of("SETTLING", "LEASE_EXPIRED", "STEP_TIMEOUT", "INTERRUPTED", "LEASE_LOST", "RUN_OVER");

  private static final Set<String> UNREACHED =
      Set.of(
          "EGRESS_UNREACHABLE",
          "EGRESS_UNRESOLVED",
          "UNREACHABLE",
          "TIMEOUT",
          "CONNECTION_LOST",
          "TLS_FAILED");

  private static final int SERVER_ERROR = 500;

  private static final String COLUMNS =
      "due_at, not_before, failures, opened, open_until, probe, code";
  private static final String READ =
      "SELECT " + COLUMNS + " FROM instance_flow WHERE tenant = ? AND instance = ?";
  private static final String CREATE =
      """
      INSERT INTO instance_flow
        (tenant, instance, workspace, due_at, not_before, failures, opened, code, told)
      VALUES (?, ?, ?, 'epoch', 'epoch', 0, 0, '', true)
      ON CONFLICT DO NOTHING
      """;
  private static final String WRITE =
      """
      UPDATE instance_flow
         SET due_at = ?, not_before = ?, failures = ?, opened = ?, open_until = ?, probe = ?,
             code = ?, told = told AND NOT ?
       WHERE tenant = ? AND instance = ?
      """;
  private static final String FLIGHTS =
      """
      SELECT count(*)::int, (count(*) FILTER (WHERE instance = ?))::int,
             coalesce(bool_or(call_id = ?), false)
        FROM call_flight WHERE tenant = ? AND call_id <> ?
      """;
  private static final String TAKE_OFF =
      """
      INSERT INTO call_flight (tenant, call_id, instance, run, since) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (tenant, call_id) DO UPDATE SET since = excluded.since
      """;
  private static final String LAND = "DELETE FROM call_flight WHERE tenant = ? AND call_id = ?";

  private static final String FORGET = "DELETE FROM call_flight WHERE tenant = ? AND run = ?";

  private final FlowLimits limits;

  public Flows(FlowLimits limits) {
    this.limits = limits;
  }

  /// A call.
  public record Leaving(
      String tenant, String workspace, String run, String instance, String callId, Pace pace) {}

  /// Why a call may not leave now; nothing is locked.
  public Optional<Hold> hold(Connection c, Leaving call, Instant now) throws SQLException {
    Flow flow = find(c, call.tenant(), call.instance(), "").orElse(Flow.NEW);
    return hold(c, flow, call, now);
  }

  /// Whether an instance's breaker lets nothing out now.
  public static boolean isOpen(Connection c, String tenant, String instance, Instant now)
      throws SQLException {
    return find(c, tenant, instance, "").flatMap(Flow::openUntil).filter(now::isBefore).isPresent();
  }

  /// A call leaves.
  ///
  /// @throws Refused with TOO_MANY if another one was faster; look again
  public void leave(Connection c, Leaving call, Instant now) throws SQLException {
    Flow flow = locked(c, call.tenant(), call.workspace(), call.instance());
    Optional<Hold> hold = hold(c, flow, call, now);
    if (hold.isPresent()) {
      throw new Refused(
          Refused.Code.TOO_MANY,
          "instance %s takes no further call now: %s; the step is tried again by itself"
              .formatted(call.instance(), hold.get().code()));
    }
    write(c, call.tenant(), call.instance(), flow.left(call.callId(), call.pace(), now), false);
    Sql.execute(
        c,
        TAKE_OFF,
        call.tenant(),
        call.callId(),
        call.instance(),
        call.run(),
        Timestamp.from(now));
  }

  /// What became of a call.
  ///
  /// @param notBefore when the step comes again, if it was told to wait
  public record Landed(
      String tenant,
      String workspace,
      String instance,
      String callId,
      Outcome outcome,
      String code,
      int httpStatus,
      Optional<Instant> notBefore) {}

  public void land(Connection c, Landed call, Instant now) throws SQLException {
    Sql.execute(c, LAND, call.tenant(), call.callId());
    if (!tells(call)) {
      return;
    }
    Flow before = locked(c, call.tenant(), call.workspace(), call.instance());
    boolean broken =
        call.outcome() != Outcome.SUCCESS
            && (call.httpStatus() >= SERVER_ERROR
                || call.outcome() == Outcome.AMBIGUOUS
                || UNREACHED.contains(call.code()));
    Flow flow = broken ? before.failed(call.callId(), call.code(), limits, now) : before.worked();
    if (call.notBefore().isPresent()) {
      flow = flow.waits(call.notBefore().get());
    }
    boolean news = flow.openUntil().isPresent() != before.openUntil().isPresent();
    boolean again = flow.opened() != before.opened();
    write(c, call.tenant(), call.instance(), flow, news || again);
  }

  /// Whether the outcome says anything of the other side: what failed before it was asked, at the
  /// proxy or on our own checks, does not.
  private static boolean tells(Landed call) {
    boolean asked =
        call.outcome() != Outcome.DEFINITE_FAILURE
            || call.httpStatus() > 0
            || UNREACHED.contains(call.code());
    return asked && !NOT_THEIRS.contains(call.code());
  }

  /// A run has ended: nobody will speak of its calls any more.
  public static void forget(Connection c, String tenant, String run) throws SQLException {
    Sql.execute(c, FORGET, tenant, run);
  }

  private Optional<Hold> hold(Connection c, Flow flow, Leaving call, Instant now)
      throws SQLException {
    Flow.Flights flights =
        Sql.one(
                c,
                FLIGHTS,
                row -> new Flow.Flights(row.getInt(1), row.getInt(2), row.getBoolean(3)),
                call.instance(),
                flow.probe().orElse(""),
                call.tenant(),
                call.callId())
            .orElseThrow();
    return flow.hold(call.instance(), call.callId(), call.pace(), limits, flights, now);
  }

  private static Flow locked(Connection c, String tenant, String workspace, String instance)
      throws SQLException {
    Optional<Flow> known = find(c, tenant, instance, " FOR UPDATE");
    if (known.isPresent()) {
      return known.get();
    }
    Sql.execute(c, CREATE, tenant, instance, workspace);
    return find(c, tenant, instance, " FOR UPDATE").orElseThrow();
  }

  private static Optional<Flow> find(Connection c, String tenant, String instance, String lock)
      throws SQLException {
    return Sql.one(c, READ + lock, Flows::read, tenant, instance);
  }

  static Flow read(ResultSet row) throws SQLException {
    return new Flow(
        row.getTimestamp(1).toInstant(),
        row.getTimestamp(2).toInstant(),
        row.getInt(3),
        row.getLong(4),
        Optional.ofNullable(row.getTimestamp(5)).map(Timestamp::toInstant),
        Optional.ofNullable(row.getString(6)),
        row.getString(7));
  }

  private static void write(Connection c, String tenant, String instance, Flow flow, boolean news)
      throws SQLException {
    Sql.execute(
        c,
        WRITE,
        Timestamp.from(flow.due()),
        Timestamp.from(flow.notBefore()),
        flow.failures(),
        flow.opened(),
        flow.openUntil().map(Timestamp::from),
        flow.probe(),
        flow.code(),
        news,
        tenant,
        instance);
  }
}

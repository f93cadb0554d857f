package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.command.flow.FlowLimits;
import ai.rails.command.flow.Flows;
import ai.rails.command.flow.Pace;
import ai.rails.domain.Header;
import ai.rails.domain.run.Hold;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.Recorded;

/// What a run's events change in the flow of calls. Thread-safe.
///
/// @param actions says how fast a manifest lets its instances be called
public record CallLimits(Actions actions, Flows flows) {
  /// What connectors say when they were told to wait.
  private static final String RATE_LIMITED = "RATE_LIMITED";

  private static final String INSTANCE =
      "SELECT instance FROM call_flight WHERE tenant = ? AND call_id = ?";

  /// No limit but the breakers.
  static CallLimits none() {
    FlowLimits usual = FlowLimits.USUAL;
    return new CallLimits(
        (_, _) -> Optional.empty(),
        new Flows(
            new FlowLimits(
                Integer.MAX_VALUE, usual.failures(), usual.open(), usual.openLongest())));
  }

  /// Why a call may not leave now.
  Optional<Hold> hold(
      Connection c,
      String tenant,
      String workspace,
      String run,
      FrozenCall call,
      Pace pace,
      Instant now)
      throws SQLException {
    return flows.hold(
        c, new Flows.Leaving(tenant, workspace, run, call.instance(), call.callId(), pace), now);
  }

  void write(Connection c, List<Recorded> events) throws SQLException {
    for (Recorded recorded : events) {
      Header header = recorded.header();
      switch (recorded.event()) {
        case ToolActionIntended e -> leave(c, header, e);
        case ToolActionExecuted e -> land(c, header, e, events);
        default -> {}
      }
      if (recorded.event().entryType().endsRun()) {
        Flows.forget(c, header.tenant(), header.streamId());
      }
    }
  }

  private void leave(Connection c, Header header, ToolActionIntended e) throws SQLException {
    Pace pace =
        actions.find(e.connectorDigest(), e.action()).map(Actions.Facts::pace).orElse(Pace.FREE);
    flows.leave(
        c,
        new Flows.Leaving(
            header.tenant(), header.workspace(), e.run(), e.instance(), e.callId(), pace),
        header.occurredAt());
  }

  private void land(Connection c, Header header, ToolActionExecuted e, List<Recorded> events)
      throws SQLException {
    Optional<String> instance =
        Sql.one(c, INSTANCE, row -> row.getString(1), header.tenant(), e.callId());
    if (instance.isEmpty()) {
      return;
    }
    flows.land(
        c,
        new Flows.Landed(
            header.tenant(),
            header.workspace(),
            instance.get(),
            e.callId(),
            e.outcome(),
            e.code(),
            e.httpStatus(),
            e.code().equals(RATE_LIMITED) ? next(events, e.step()) : Optional.empty()),
        header.occurredAt());
  }

  private static Optional<Instant> next(List<Recorded> events, String step) {
    for (Recorded recorded : events) {
      if (recorded.event() instanceof StepScheduled e && e.step().equals(step)) {
        return e.notBefore();
      }
    }
    return Optional.empty();
  }
}

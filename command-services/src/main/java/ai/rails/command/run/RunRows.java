package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import ai.rails.command.CommandContext;
import ai.rails.command.EventRows;
import ai.rails.command.StepCommands;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.domain.Header;
import ai.rails.domain.gate.Escalation;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.BudgetReserved;
import ai.rails.domain.run.RunEvent.BudgetSettled;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.CallHeld;
import ai.rails.domain.run.RunEvent.CallReconciled;
import ai.rails.domain.run.RunEvent.EvidenceCaptured;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateEscalated;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.ModelInvoked;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.RollbackApplied;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunFailed;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.StepCompleted;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.Recorded;
import ai.rails.schema.StepCommand;

/// The rows that follow from a run's events: where it lives, which attempts a worker may claim,
/// what is due when, and what its calls cost. Written in the events' transaction. Thread-safe.
public final class RunRows implements EventRows {
  private static final String INDEX =
      """
      INSERT INTO run_index
        (tenant, run, workspace, environment, workflow, artifact_digest, subject, fork_of)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String END =
      "UPDATE run_index SET ended_at = ? WHERE tenant = ? AND run = ?";

  /// Epochs only grow within a step: its attempts make the same call, and a proxy that saw an epoch
  /// of one refuses every lower one.
  private static final String OPEN =
      """
      INSERT INTO step_task (tenant, run, step, attempt, attempt_group, purpose, command_id, open,
                             traceparent, epoch)
      VALUES (?, ?, ?, ?, ?, ?, ?, true, ?,
              (SELECT coalesce(max(epoch), 0) FROM step_task
                WHERE tenant = ? AND run = ? AND step = ?))
      """;

  private static final String CLOSE =
      "UPDATE step_task SET open = false WHERE tenant = ? AND run = ? AND step = ? AND open";
  private static final String CLOSE_RUN =
      "UPDATE step_task SET open = false WHERE tenant = ? AND run = ? AND open";

  private final Artifacts artifacts;
  private final BudgetCounters budget;
  private final CallLimits limits;
  private final TimerRows timers;
  private final Supplier<UUID> ids;

  /// @param artifacts answers from memory for a version that the rules have just used; it is asked
  ///   while a connection is held
  /// @param ids gives UUIDs of version 7
  public RunRows(
      Artifacts artifacts,
      BudgetCounters budget,
      CallLimits limits,
      TimerRows timers,
      Supplier<UUID> ids) {
    this.artifacts = artifacts;
    this.budget = budget;
    this.limits = limits;
    this.timers = timers;
    this.ids = ids;
  }

  /// With no limit of calls but the breakers.
  public RunRows(Artifacts artifacts, BudgetCounters budget, TimerRows timers, Supplier<UUID> ids) {
    this(artifacts, budget, CallLimits.none(), timers, ids);
  }

  @Override
  public void write(Connection c, CommandContext context, List<Recorded> events, StepCommands out)
      throws SQLException {
    Optional<RunPlace> place = Optional.empty();
    for (Recorded recorded : events) {
      Header header = recorded.header();
      if (!(recorded.event() instanceof RunEvent event)
          || !header.run().equals(Optional.of(header.streamId()))
          || header.workflow().isEmpty()) {
        throw new IllegalStateException(
            "an event of run %s must name its run and workflow".formatted(header.streamId()));
      }
      if (event instanceof StepScheduled scheduled) {
        place = place.isPresent() ? place : RunPlace.find(c, header.tenant(), event.run());
        schedule(c, header, scheduled, place.orElseThrow(), out);
      } else {
        write(c, header, event);
      }
    }
    // Budgets are many runs': they are locked last and so for the shortest time.
    limits.write(c, events);
    RunCharges.write(c, budget, events);
  }

  private void write(Connection c, Header header, RunEvent event) throws SQLException {
    switch (event) {
      case RunTriggered e -> trigger(c, header, e);
      case StepScheduled _ -> throw new IllegalStateException("scheduled elsewhere");
      case StepCompleted e -> close(c, header, e.step());
      case StepFailed e -> close(c, header, e.step());
      case HumanGateRequested e -> requested(c, header, e);
      case HumanGateEscalated e ->
          timers.clearEscalation(c, header.tenant(), e.run(), e.gate(), e.level());
      case HumanGateDecisioned e -> {
        ApprovalRows.note(c, header.tenant(), e);
        if (e.closes()) {
          timers.clearGate(c, header.tenant(), e.run(), e.gate());
        }
      }
      case CallCorrected e -> timers.clearGate(c, header.tenant(), e.run(), e.gate());
      case ToolActionExecuted e -> {
        if (e.outcome() == Outcome.AMBIGUOUS) {
          close(c, header, e.step());
        }
      }
      case RunCancelled _, RunCompleted _, RunFailed _ -> end(c, header);
      case PolicyEvaluated _,
          ToolActionIntended _,
          ModelInvoked _,
          EvidenceCaptured _,
          BudgetReserved _,
          BudgetSettled _,
          CallHeld _,
          RollbackApplied _,
          CallReconciled _,
          RunRetried _ -> {}
    }
  }

  private void requested(Connection c, Header header, HumanGateRequested e) throws SQLException {
    close(c, header, e.gate());
    gateTimer(c, header, TimerKind.GATE_EXPIRY, place(header, e.gate(), 0), e.expiresAt());
    int level = 0;
    for (Escalation escalation : e.escalations()) {
      level++;
      gateTimer(
          c, header, TimerKind.GATE_ESCALATION, place(header, e.gate(), level), escalation.at());
    }
  }

  private void gateTimer(
      Connection c, Header header, TimerKind kind, TimerRows.Place place, Instant at)
      throws SQLException {
    Duration left = Duration.between(header.occurredAt(), at);
    timers.set(c, kind, place, 0, left, header.traceparent());
  }

  private void trigger(Connection c, Header header, RunTriggered e) throws SQLException {
    Workflow workflow = artifacts.load(header.tenant(), e.artifactDigest());
    Sql.execute(
        c,
        INDEX,
        header.tenant(),
        e.run(),
        header.workspace(),
        e.environment(),
        e.workflow(),
        e.artifactDigest(),
        workflow.subject().map(e.inputs()::get),
        e.forkOf());
    timers.set(
        c,
        TimerKind.RUN_DEADLINE,
        place(header, "", 0),
        0,
        workflow.limits().duration(),
        header.traceparent());
  }

  /// A new attempt takes the place of an open one.
  private void schedule(
      Connection c, Header header, StepScheduled e, RunPlace run, StepCommands out)
      throws SQLException {
    close(c, header, e.step());
    UUID commandId = ids.get();
    Sql.execute(
        c,
        OPEN,
        header.tenant(),
        e.run(),
        e.step(),
        e.attempt(),
        e.attemptGroup(),
        e.purpose().name(),
        commandId,
        header.traceparent(),
        header.tenant(),
        e.run(),
        e.step());
    if (e.notBefore().isPresent()) {
      Duration delay = Duration.between(header.occurredAt(), e.notBefore().get());
      timers.due(c, place(header, e.step(), e.attempt()), delay, e.reason(), header.traceparent());
    } else {
      out.add(command(commandId, run, e), header.traceparent());
    }
  }

  private static StepCommand command(UUID commandId, RunPlace run, StepScheduled e) {
    return new StepCommand(
        commandId.toString(),
        run.tenant(),
        run.workspace(),
        run.environment(),
        run.run(),
        e.step(),
        e.attempt(),
        e.purpose(),
        run.artifactDigest());
  }

  private void close(Connection c, Header header, String step) throws SQLException {
    Sql.execute(c, CLOSE, header.tenant(), header.streamId(), step);
    timers.clearAttempts(c, header.tenant(), header.streamId(), step);
  }

  private void end(Connection c, Header header) throws SQLException {
    Sql.execute(c, CLOSE_RUN, header.tenant(), header.streamId());
    Sql.execute(c, END, Timestamp.from(header.occurredAt()), header.tenant(), header.streamId());
    timers.clearRun(c, header.tenant(), header.streamId());
  }

  private static TimerRows.Place place(Header header, String step, int attempt) {
    return new TimerRows.Place(header.tenant(), header.streamId(), step, attempt);
  }
}

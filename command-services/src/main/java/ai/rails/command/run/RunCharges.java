package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.budget.BudgetCounters.Settlement;
import ai.rails.command.budget.Take;
import ai.rails.domain.Header;
import ai.rails.domain.budget.Unit;
import ai.rails.domain.run.GpuTime;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunEvent.BudgetReserved;
import ai.rails.domain.run.RunEvent.BudgetSettled;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.ModelInvoked;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.schema.Recorded;

/// What a run's events take from budgets and settle. A run and a call count when they begin; a
/// model's money, tokens and GPU time are set aside with the intent and settled with the outcome.
final class RunCharges {
  private RunCharges() {}

  static void write(Connection c, BudgetCounters budgets, List<Recorded> events)
      throws SQLException {
    Header header = events.getFirst().header();
    budgets.settle(c, header.tenant(), settlements(events));
    budgets.take(c, header.tenant(), takes(events), header.occurredAt());
  }

  /// What an intent would take.
  ///
  /// @param reserved whether its worst case is set aside already
  static List<Take> of(String workspace, String workflow, IntendCall c, boolean reserved) {
    List<Take> takes = new ArrayList<>();
    takes.add(Take.used(workspace, workflow, Unit.CALLS, 1));
    if (!reserved && c.call().idempotencyClass() == IdempotencyClass.M) {
      String call = c.call().callId();
      var money = new Unit(c.estimate().currency());
      takes.add(Take.aside(workspace, workflow, call, money, c.estimate().nanos()));
      c.tokens().ifPresent(n -> takes.add(Take.aside(workspace, workflow, call, Unit.TOKENS, n)));
      c.gpu().ifPresent(gpu -> takes.add(gpu(workspace, workflow, call, gpu)));
    }
    return takes;
  }

  private static List<Take> takes(List<Recorded> events) {
    List<Take> takes = new ArrayList<>();
    for (Recorded recorded : events) {
      String workspace = recorded.header().workspace();
      String workflow = recorded.header().workflow().orElse("");
      switch (recorded.event()) {
        case RunTriggered _ -> takes.add(Take.used(workspace, workflow, Unit.RUNS, 1));
        case ToolActionIntended _ -> takes.add(Take.used(workspace, workflow, Unit.CALLS, 1));
        case BudgetReserved e -> {
          var money = new Unit(e.amount().currency());
          takes.add(Take.aside(workspace, workflow, e.callId(), money, e.amount().nanos()));
          e.tokens()
              .ifPresent(
                  n -> takes.add(Take.aside(workspace, workflow, e.callId(), Unit.TOKENS, n)));
          e.gpu().ifPresent(gpu -> takes.add(gpu(workspace, workflow, e.callId(), gpu)));
        }
        default -> {}
      }
    }
    return takes;
  }

  private static Take gpu(String workspace, String workflow, String call, GpuTime gpu) {
    long most = Unit.gpuHours(gpu.mostMillis());
    return Take.aside(workspace, workflow, call, Unit.GPU_HOURS, most);
  }

  private static List<Settlement> settlements(List<Recorded> events) {
    List<Settlement> settlements = new ArrayList<>();
    for (Recorded recorded : events) {
      if (recorded.event() instanceof BudgetSettled e) {
        var money = new Unit(e.amount().currency());
        settlements.add(new Settlement(e.callId(), money, Optional.of(e.amount().nanos()), true));
        settlements.add(new Settlement(e.callId(), Unit.TOKENS, tokens(events, e.callId()), false));
        e.gpuMillis()
            .map(millis -> Optional.of(Unit.gpuHours(millis)))
            .ifPresent(
                held -> settlements.add(new Settlement(e.callId(), Unit.GPU_HOURS, held, false)));
      }
    }
    return settlements;
  }

  /// What the model says; nothing if it certainly did not answer; all that was set aside if nobody
  /// knows.
  private static Optional<Long> tokens(List<Recorded> events, String callId) {
    Optional<Long> said = Optional.empty();
    for (Recorded recorded : events) {
      switch (recorded.event()) {
        case ModelInvoked e when e.callId().equals(callId) -> {
          return Optional.of(e.usage().total());
        }
        case ToolActionExecuted e
            when e.callId().equals(callId) && e.outcome() != Outcome.AMBIGUOUS ->
            said = Optional.of(0L);
        default -> {}
      }
    }
    return said;
  }
}

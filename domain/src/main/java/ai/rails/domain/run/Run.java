package ai.rails.domain.run;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.RunEvent.BudgetReserved;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.ToolActionIntended;

/// The state that a run's decisions are made from. Immutable.
///
/// @param trigger how it started; absent before the first event
/// @param steps by step id, once scheduled or completed
/// @param calls by call id, once frozen for a gate or intended
/// @param gates by gate id
/// @param spent settled cost; zero in the workflow's currency at the start
/// @param failure code of the failure that is being compensated
public record Run(
    Status status,
    Optional<RunTriggered> trigger,
    Map<String, StepState> steps,
    Map<String, CallState> calls,
    Map<String, GateState> gates,
    Map<String, Money> spent,
    Optional<RunEvent.StepFailed> failure) {
  static final Run NEW =
      new Run(
          Status.NEW, Optional.empty(), Map.of(), Map.of(), Map.of(), Map.of(), Optional.empty());

  public Run {
    steps = Map.copyOf(steps);
    calls = Map.copyOf(calls);
    gates = Map.copyOf(gates);
    spent = Map.copyOf(spent);
  }

  /// Where a run is in its life.
  public enum Status {
    NEW,
    RUNNING,
    COMPENSATING,
    COMPLETED,
    FAILED,
    CANCELLED;

    public boolean ended() {
      return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
  }

  /// Where a step is.
  public enum StepStatus {
    /// A worker may claim it, at `notBefore` or now.
    SCHEDULED,
    /// A person must decide about its call.
    AT_GATE,
    /// A person must say what became of its call.
    AMBIGUOUS,
    /// Attempts are exhausted; an operator must send it on.
    DEAD,
    COMPLETED,
    FAILED
  }

  /// One step of the run.
  ///
  /// @param failures counted failures since it was first scheduled or sent on by an operator
  /// @param reason why it was scheduled, or the code of its last failure
  /// @param contentRun the run under whose key the output is sealed, if not this one
  public record StepState(
      StepStatus status,
      int attempt,
      int attemptGroup,
      Purpose purpose,
      int failures,
      String reason,
      Optional<Instant> notBefore,
      Map<String, String> disclosed,
      Optional<SealedRef> output,
      Optional<String> contentRun) {
    public StepState {
      disclosed = Map.copyOf(disclosed);
    }

    StepState at(StepStatus next, String why) {
      return new StepState(
          next,
          attempt,
          attemptGroup,
          purpose,
          failures,
          why,
          notBefore,
          disclosed,
          output,
          contentRun);
    }

    StepState failed(StepStatus next, String code, boolean counted) {
      return new StepState(
          next,
          attempt,
          attemptGroup,
          purpose,
          counted ? failures + 1 : failures,
          code,
          notBefore,
          disclosed,
          output,
          contentRun);
    }

    StepState forgiven() {
      return new StepState(
          status,
          attempt,
          attemptGroup,
          purpose,
          0,
          reason,
          notBefore,
          disclosed,
          output,
          contentRun);
    }
  }

  /// One call.
  ///
  /// @param intended the last intent, absent while it is only proposed
  /// @param outcome of the last intent
  /// @param ambiguities how often the outcome stayed unknown
  /// @param reserved what is set aside for it until it is settled
  public record CallState(
      String step,
      String callDigest,
      Optional<ToolActionIntended> intended,
      Optional<Outcome> outcome,
      int ambiguities,
      Optional<BudgetReserved> reserved) {
    /// Whether it may have left and nothing is known of it yet.
    public boolean inFlight() {
      return intended.isPresent() && outcome.isEmpty();
    }
  }

  /// One gate.
  ///
  /// @param approvals approver to vote, those that stand
  /// @param role of those who are asked now
  /// @param quorum approvals needed of them
  /// @param level how often it was escalated
  /// @param correction the last one of a call of this gate
  /// @param correctors who made the parameters of the call that it asks about
  public record GateState(
      HumanGateRequested request,
      boolean open,
      Map<String, HumanGateDecisioned> approvals,
      String role,
      int quorum,
      int level,
      Optional<CallCorrected> correction,
      List<String> correctors) {
    public GateState {
      approvals = Map.copyOf(approvals);
      correctors = List.copyOf(correctors);
    }

    static GateState of(HumanGateRequested request, Optional<GateState> before) {
      return new GateState(
          request,
          true,
          Map.of(),
          request.role(),
          request.quorum(),
          0,
          before.flatMap(GateState::correction),
          before.map(gate -> gate.correctorsOf(request.callId())).orElse(List.of()));
    }

    GateState with(boolean nowOpen, Map<String, HumanGateDecisioned> standing) {
      return new GateState(request, nowOpen, standing, role, quorum, level, correction, correctors);
    }

    /// Others are asked; what was approved before counts no more.
    GateState escalated(String nextRole, int nextQuorum, int nextLevel) {
      return new GateState(
          request, open, Map.of(), nextRole, nextQuorum, nextLevel, correction, correctors);
    }

    /// Nobody is asked until the corrected call is there; what was approved counts no more.
    GateState corrected(CallCorrected by) {
      return new GateState(
          request, false, Map.of(), role, quorum, level, Optional.of(by), correctors);
    }

    /// Whose corrections a call has that is asked about next: this one's, and those before it.
    List<String> correctorsOf(String callId) {
      Optional<String> last =
          correction
              .filter(each -> each.correctedCallId().equals(callId))
              .map(CallCorrected::corrector);
      if (last.isEmpty() || correctors.contains(last.get())) {
        return last.isPresent() || request.callId().equals(callId) ? correctors : List.of();
      }
      return Stream.concat(correctors.stream(), last.stream()).toList();
    }
  }

  /// The state after these events, the first one first.
  public static Run replay(List<RunEvent> events) {
    Run run = NEW;
    for (RunEvent event : events) {
      run = RunEvolution.evolve(run, event);
    }
    return run;
  }

  public Optional<StepState> step(String id) {
    return Optional.ofNullable(steps.get(id));
  }

  public Optional<CallState> call(String id) {
    return Optional.ofNullable(calls.get(id));
  }

  public Optional<GateState> gate(String id) {
    return Optional.ofNullable(gates.get(id));
  }

  /// The standing approvals of exactly this call, for policy.
  public List<HumanGateDecisioned> approvals(String callDigest) {
    return gates.values().stream()
        .filter(gate -> gate.request().callDigest().equals(callDigest))
        .flatMap(gate -> gate.approvals().values().stream())
        .toList();
  }

  /// Who made the parameters of this call by correcting it.
  public List<String> correctors(String callDigest) {
    return gates.values().stream()
        .filter(gate -> gate.request().callDigest().equals(callDigest))
        .flatMap(gate -> gate.correctors().stream())
        .distinct()
        .toList();
  }

  /// The correction that the attempt of a step is to render: nobody was asked about the corrected
  /// call yet, and it was not intended.
  public Optional<CallCorrected> correction(String step) {
    return gate(step)
        .filter(gate -> !gate.open())
        .flatMap(gate -> gate.correction().filter(c -> c.callId().equals(gate.request().callId())))
        .filter(c ->
            step(step).filter(s -> s.attemptGroup() == c.correctedGroup()).isPresent()
                && call(c.correctedCallId()).isEmpty());
  }

  /// When approvals of this call lapse.
  public Optional<Instant> approvalsExpire(String callDigest) {
    return gates.values().stream()
        .filter(gate -> gate.request().callDigest().equals(callDigest))
        .map(gate -> gate.request().expiresAt())
        .max(Instant::compareTo);
  }

  /// Disclosed outputs by step, for conditions.
  public Map<String, Map<String, String>> disclosed() {
    Map<String, Map<String, String>> all = new HashMap<>();
    steps.forEach((id, step) -> all.put(id, step.disclosed()));
    return all;
  }

  /// What has been spent and set aside, in one currency.
  public Money committed(String currency) {
    Money sum = spent.getOrDefault(currency, Money.zero(currency));
    for (CallState call : calls.values()) {
      Optional<Money> reserved = call.reserved().map(BudgetReserved::amount);
      if (reserved.isPresent() && reserved.get().currency().equals(currency)) {
        sum = sum.plus(reserved.get());
      }
    }
    return sum;
  }

  /// Why the run waits and who or what can move it, step by step; empty once it has ended.
  public List<Waiting> waiting() {
    SequencedMap<String, StepState> sorted = new TreeMap<>(steps);
    List<Waiting> all = new ArrayList<>();
    if (!status.ended()) {
      sorted.forEach((id, step) -> Waiting.of(this, id, step).ifPresent(all::add));
    }
    return List.copyOf(all);
  }

  Run with(Status next) {
    return new Run(next, trigger, steps, calls, gates, spent, failure);
  }

  Run failing(RunEvent.StepFailed why) {
    return new Run(status, trigger, steps, calls, gates, spent, Optional.of(why));
  }

  Run withStep(String id, UnaryOperator<StepState> change) {
    StepState before = steps.get(id);
    return before == null ? this : withStep(id, change.apply(before));
  }

  Run withStep(String id, StepState step) {
    return new Run(status, trigger, put(steps, id, step), calls, gates, spent, failure);
  }

  Run withCall(String id, CallState call) {
    return new Run(status, trigger, steps, put(calls, id, call), gates, spent, failure);
  }

  Run withGate(String id, GateState gate) {
    return new Run(status, trigger, steps, calls, put(gates, id, gate), spent, failure);
  }

  Run withSpent(Money more) {
    Money before = spent.getOrDefault(more.currency(), Money.zero(more.currency()));
    return new Run(
        status,
        trigger,
        steps,
        calls,
        gates,
        put(spent, more.currency(), before.plus(more)),
        failure);
  }

  private static <V> Map<String, V> put(Map<String, V> map, String key, V value) {
    Map<String, V> copy = new HashMap<>(map);
    copy.put(key, value);
    return copy;
  }
}

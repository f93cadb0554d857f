package ai.rails.platform.evidence.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import ai.rails.domain.Actor;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.worker.WorkerEvent;

/// A run's entries, sorted by what an auditor asks for: calls, gates, decisions, workers, content.
final class RunStory {
  /// Kinds of entries that tell of an erasure, by name: a reader that is older than they are must
  /// not overlook them.
  static final Set<String> ERASURES = Set.of("RUN_ERASED", "SUBJECT_ERASED");

  /// What policy said, about which call, or about which worker's keys.
  record Decided(Fact fact, String step, String callId, String worker, Decision decision) {}

  /// Content that lies sealed.
  ///
  /// @param what it is, for example `input`, `output`, `response`
  /// @param contentRun the run under whose key it is sealed
  record Sealed(Fact fact, String step, String what, String contentRun, SealedRef ref) {}

  private final Told told;
  private final Map<String, Told> calls;
  private final Map<String, Told> gates;
  private final Map<String, Told> workers;

  RunStory(List<Fact> facts) {
    told = new Told(facts);
    calls = grouped(facts, RunStory::callOf);
    gates = grouped(facts, RunStory::gateOf);
    workers = grouped(facts, RunStory::workerOf);
  }

  Told told() {
    return told;
  }

  /// The run's first entry; entries of its workers may lie before it.
  Fact firstFact() {
    return told.facts().stream()
        .filter(fact -> fact.leaf().run().isPresent())
        .findFirst()
        .orElseGet(() -> told.facts().getFirst());
  }

  Fact lastFact() {
    return told.facts().getLast();
  }

  /// By call id, in the order in which they were first named.
  Map<String, Told> calls() {
    return calls;
  }

  Map<String, Told> gates() {
    return gates;
  }

  /// By worker: what it did in the run, and what was recorded of itself.
  Map<String, Told> workers() {
    return workers;
  }

  Optional<RunEvent.RunTriggered> trigger() {
    return told.first(RunEvent.RunTriggered.class).map(Told.At::event);
  }

  /// The entry that ended the run; calls under way then may have entries behind it.
  Optional<Fact> end() {
    return told.facts().stream()
        .filter(fact -> fact.event().entryType().endsRun())
        .reduce((_, later) -> later);
  }

  /// What the last entry says of the run.
  String state() {
    return end()
        .map(fact ->
            switch (fact.event()) {
              case RunEvent.RunCompleted _ -> "COMPLETED";
              case RunEvent.RunFailed failed -> failed.compensated() ? "COMPENSATED" : "FAILED";
              case RunEvent.RunCancelled _ -> "CANCELLED";
              default -> fact.leaf().eventType();
            })
        .orElse("NOT ENDED at position %s".formatted(lastFact().leaf().seq()));
  }

  List<Decided> decisions() {
    return told.facts().stream().flatMap(RunStory::decided).toList();
  }

  List<Fact> erasures() {
    return told.facts().stream()
        .filter(fact -> ERASURES.contains(fact.leaf().eventType()))
        .toList();
  }

  List<Sealed> content() {
    return told.facts().stream().flatMap(RunStory::sealed).toList();
  }

  /// What was settled, by currency; a model's call is settled like any other.
  List<Money> spent() {
    return sum(told.all(RunEvent.BudgetSettled.class).stream().map(at -> at.event().amount()));
  }

  List<Money> reserved() {
    return sum(told.all(RunEvent.BudgetReserved.class).stream().map(at -> at.event().amount()));
  }

  Set<String> priceTables() {
    var tables = new TreeSet<String>();
    told.all(RunEvent.BudgetReserved.class).forEach(at -> tables.add(at.event().priceTable()));
    told.all(RunEvent.BudgetSettled.class).forEach(at -> tables.add(at.event().priceTable()));
    told.all(RunEvent.ModelInvoked.class).forEach(at -> tables.add(at.event().priceTable()));
    return tables;
  }

  static List<Money> sum(Stream<Money> amounts) {
    var sums = new LinkedHashMap<String, Money>();
    amounts.forEach(amount -> sums.merge(amount.currency(), amount, Money::plus));
    return List.copyOf(sums.values());
  }

  private static Stream<Decided> decided(Fact fact) {
    return switch (fact.event()) {
      case RunEvent.PolicyEvaluated e ->
          Stream.of(new Decided(fact, e.step(), e.callId(), "", e.decision()));
      case WorkerEvent.KeyReleaseEvaluated e ->
          Stream.of(new Decided(fact, "", "", e.worker(), e.decision()));
      default -> Stream.empty();
    };
  }

  private static Stream<Sealed> sealed(Fact fact) {
    return switch (fact.event()) {
      case RunEvent.RunTriggered e ->
          e.sealedInputs().stream().map(ref -> new Sealed(fact, "", "input", e.run(), ref));
      case RunEvent.StepCompleted e ->
          e.output().stream()
              .map(
                  ref -> new Sealed(fact, e.step(), "output", e.contentRun().orElse(e.run()), ref));
      case RunEvent.HumanGateDecisioned e ->
          e.comment().stream().map(ref -> new Sealed(fact, e.gate(), "comment", e.run(), ref));
      case RunEvent.CallCorrected e ->
          Stream.of(new Sealed(fact, e.gate(), "correction", e.run(), e.correction()));
      case RunEvent.ToolActionIntended e ->
          Stream.of(new Sealed(fact, e.step(), "frozen call", e.run(), e.frozen()));
      case RunEvent.EvidenceCaptured e ->
          Stream.of(new Sealed(fact, e.step(), e.kind(), e.run(), e.evidence()));
      default -> Stream.empty();
    };
  }

  private static Optional<String> callOf(Fact fact) {
    return switch (fact.event()) {
      case RunEvent.PolicyEvaluated e -> Optional.of(e.callId());
      case RunEvent.ToolActionIntended e -> Optional.of(e.callId());
      case RunEvent.ToolActionExecuted e -> Optional.of(e.callId());
      case RunEvent.ModelInvoked e -> Optional.of(e.callId());
      case RunEvent.EvidenceCaptured e -> Optional.of(e.callId());
      case RunEvent.BudgetReserved e -> Optional.of(e.callId());
      case RunEvent.BudgetSettled e -> Optional.of(e.callId());
      case RunEvent.RollbackApplied e -> Optional.of(e.callId());
      case RunEvent.CallReconciled e -> Optional.of(e.callId());
      default -> Optional.empty();
    };
  }

  private static Optional<String> gateOf(Fact fact) {
    return switch (fact.event()) {
      case RunEvent.HumanGateRequested e -> Optional.of(e.gate());
      case RunEvent.HumanGateDecisioned e -> Optional.of(e.gate());
      case RunEvent.CallCorrected e -> Optional.of(e.gate());
      default -> Optional.empty();
    };
  }

  private static Optional<String> workerOf(Fact fact) {
    return switch (fact.event()) {
      case WorkerEvent e -> Optional.of(e.worker());
      default ->
          Optional.of(fact.header().actor())
              .filter(actor -> actor.kind() == Actor.Kind.WORKER)
              .map(Actor::id);
    };
  }

  private interface Group {
    Optional<String> of(Fact fact);
  }

  private static Map<String, Told> grouped(List<Fact> facts, Group group) {
    var lists = new LinkedHashMap<String, List<Fact>>();
    for (Fact fact : facts) {
      group.of(fact).ifPresent(id -> lists.computeIfAbsent(id, _ -> new ArrayList<>()).add(fact));
    }
    var groups = new LinkedHashMap<String, Told>();
    lists.forEach((id, list) -> groups.put(id, new Told(list)));
    return groups;
  }
}

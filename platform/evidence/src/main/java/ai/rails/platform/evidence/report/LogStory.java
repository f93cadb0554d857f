package ai.rails.platform.evidence.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import ai.rails.domain.budget.Money;
import ai.rails.domain.run.RunEvent;

/// Counts over a log or a part of it, in one pass and bounded memory. One owner.
final class LogStory {
  /// Runs and acts that a report lists; the others are counted.
  static final int LISTED = 500;

  /// First and last entry.
  record Span(Fact first, Fact last) {}

  private final SortedMap<String, Object> types = new TreeMap<>();
  private final SortedMap<String, Object> effects = new TreeMap<>();
  private final SortedMap<String, Object> verdicts = new TreeMap<>();
  private final SortedMap<String, Money> spent = new TreeMap<>();
  private final List<Fact> ends = new ArrayList<>();
  private final List<Fact> acts = new ArrayList<>();
  private final List<Object> erasures = new ArrayList<>();
  private @Nullable Fact first;
  private @Nullable Fact last;
  private long entries;
  private long begun;
  private long ended;
  private long administered;

  void add(Fact fact) {
    entries++;
    first = first == null ? fact : first;
    last = fact;
    count(types, fact.leaf().eventType());
    switch (fact.event()) {
      case RunEvent.RunTriggered _ -> begun++;
      case RunEvent.PolicyEvaluated e -> count(effects, e.decision().effect().name());
      case RunEvent.HumanGateDecisioned e -> count(verdicts, e.verdict().name());
      case RunEvent.BudgetSettled e -> spent.merge(e.amount().currency(), e.amount(), Money::plus);
      default -> {}
    }
    if (fact.event().entryType().endsRun()) {
      ended++;
      keep(ends, fact);
    }
    if (!(fact.event() instanceof RunEvent)) {
      administered++;
      keep(acts, fact);
    }
    if (RunStory.ERASURES.contains(fact.leaf().eventType()) && erasures.size() < LISTED) {
      erasures.add(fact.json());
    }
  }

  long entries() {
    return entries;
  }

  long begun() {
    return begun;
  }

  long ended() {
    return ended;
  }

  long administered() {
    return administered;
  }

  Map<String, Object> types() {
    return types;
  }

  Map<String, Object> effects() {
    return effects;
  }

  Map<String, Object> verdicts() {
    return verdicts;
  }

  List<Money> spent() {
    return List.copyOf(spent.values());
  }

  /// The first ends of runs.
  List<Fact> ends() {
    return ends;
  }

  /// The first entries that belong to no run.
  List<Fact> acts() {
    return acts;
  }

  List<Object> erasures() {
    return erasures;
  }

  Optional<Span> span() {
    return first == null || last == null ? Optional.empty() : Optional.of(new Span(first, last));
  }

  private static void count(SortedMap<String, Object> counts, String name) {
    counts.merge(name, 1L, (a, b) -> (Long) a + (Long) b);
  }

  private static void keep(List<Fact> facts, Fact fact) {
    if (facts.size() < LISTED) {
      facts.add(fact);
    }
  }
}

package ai.rails.platform.workflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import ai.rails.domain.workflow.Step;

/// Orders steps so that what a step needs stands before it, and knows what came before a step.
final class StepOrder {
  private final List<Step> ordered = new ArrayList<>();
  private final Map<String, Set<String>> before = new HashMap<>();

  private StepOrder() {}

  /// Orders steps; reports unknown needs and cycles. Steps of a cycle come last, as they stand.
  static StepOrder of(List<Step> steps, Problems problems) {
    StepOrder order = new StepOrder();
    Set<String> ids = new LinkedHashSet<>();
    steps.forEach(step -> ids.add(step.id()));
    for (Step step : steps) {
      for (String need : step.needs()) {
        if (!ids.contains(need)) {
          problems.at(
              "steps.%s.needs".formatted(step.id()),
              "step `%s` needs an unknown step `%s`".formatted(step.id(), need),
              Names.expected(need, ids));
        }
      }
    }
    order.sort(steps, ids, problems);
    return order;
  }

  // The first step whose needs are all met, again and again: stable, and at most 64 steps.
  private void sort(List<Step> steps, Set<String> ids, Problems problems) {
    List<Step> open = new ArrayList<>(steps);
    while (!open.isEmpty()) {
      Step next = null;
      for (Step step : open) {
        boolean met =
            step.needs().stream().allMatch(need -> before.containsKey(need) || !ids.contains(need));
        if (met) {
          next = step;
          break;
        }
      }
      if (next == null) {
        reportCycle(open, problems);
        open.forEach(step -> place(step, ids));
        return;
      }
      place(next, ids);
      open.remove(next);
    }
  }

  private static void reportCycle(List<Step> open, Problems problems) {
    List<String> ids = open.stream().map(Step::id).toList();
    problems.at(
        "steps.%s.needs".formatted(ids.getFirst()),
        "steps need each other: " + String.join(", ", ids),
        "an order in which each step follows what it needs");
  }

  private void place(Step step, Set<String> ids) {
    Set<String> all = new LinkedHashSet<>();
    for (String need : step.needs()) {
      if (ids.contains(need)) {
        all.add(need);
        all.addAll(before.getOrDefault(need, Set.of()));
      } else {
        // It was reported; what stands before is assumed, so that nothing follows from it.
        ordered.forEach(each -> all.add(each.id()));
      }
    }
    before.put(step.id(), all);
    ordered.add(step);
  }

  List<Step> ordered() {
    return ordered;
  }

  /// All steps that are done when this step starts.
  Set<String> before(String stepId) {
    return before.getOrDefault(stepId, Set.of());
  }
}

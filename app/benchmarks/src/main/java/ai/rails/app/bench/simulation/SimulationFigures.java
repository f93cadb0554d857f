package ai.rails.app.bench.simulation;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.app.bench.Figures;
import ai.rails.domain.workflow.Workflow;

/// Many seeds, then each planted bug until it is found.
///
/// @param violations of the protocol as it is, by seed; there should be none
/// @param found planted bugs that were found, and by which seed first
/// @param missed planted bugs that were not
public record SimulationFigures(
    String benchmark,
    long seeds,
    Map<Long, List<String>> violations,
    int planted,
    Map<String, Long> found,
    List<String> missed,
    double seconds)
    implements Figures {
  /// @param first seed
  /// @param mostForABug seeds to try before a planted bug counts as missed
  public static SimulationFigures of(long first, long seeds, long mostForABug) {
    long began = System.nanoTime();
    Workflow workflow = SimulatedWorkflow.compiled();
    Map<Long, List<String>> violations = new TreeMap<>();
    for (long seed = first; seed < first + seeds; seed++) {
      List<String> wrong = Simulation.run(seed, workflow, Bug.NONE);
      if (!wrong.isEmpty()) {
        violations.put(seed, List.copyOf(wrong));
      }
    }
    Map<String, Long> found = new TreeMap<>();
    List<String> missed = new java.util.ArrayList<>();
    for (Bug bug : Bug.values()) {
      if (bug != Bug.NONE) {
        long by = find(bug, workflow, first, mostForABug);
        if (by < 0) {
          missed.add(bug.name());
        } else {
          found.put(bug.name(), by);
        }
      }
    }
    return new SimulationFigures(
        "simulation",
        seeds,
        violations,
        found.size() + missed.size(),
        found,
        missed,
        (System.nanoTime() - began) / 1e9);
  }

  private static long find(Bug bug, Workflow workflow, long first, long most) {
    for (long seed = first; seed < first + most; seed++) {
      if (!Simulation.run(seed, workflow, bug).isEmpty()) {
        return seed;
      }
    }
    return -1;
  }

  @Override
  public boolean holds() {
    return violations.isEmpty() && missed.isEmpty();
  }

  @Override
  public void print(PrintStream out) {
    out.printf("%s seeds, %s with a violation%n", seeds, violations.size());
    violations.forEach((seed, what) -> out.printf("  seed %s: %s%n", seed, what));
    out.printf("planted bugs found: %s of %s; missed: %s%n", found.size(), planted, missed);
  }
}

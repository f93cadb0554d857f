package ai.rails.app.bench;

import java.time.Duration;

/// One engine measured the way that both are: first alone, one run after the other, for what a
/// single run takes; then loaded, for what is sustained.
public record Trial(String engine, String version, Sustained alone, Sustained loaded) {
  /// How much is asked of each engine.
  ///
  /// @param limit of the warm-up and of each of the two measured phases
  record Plan(int concurrency, int mostRuns, Duration limit) {
    private static final int MOST_ALONE = 30;

    Load warmUp() {
      return new Load(concurrency, mostRuns, limit);
    }

    Load alone() {
      return new Load(1, Math.min(mostRuns, MOST_ALONE), limit);
    }

    Load loaded() {
      return new Load(concurrency, mostRuns, limit);
    }

    /// Incidents that all of it can take.
    int incidents() {
      return warmUp().mostRuns() + alone().mostRuns() + mostRuns;
    }
  }

  static Trial of(String name, String version, Plan plan, Engine engine, PostgresMeter meter) {
    meter.checkpoint();
    plan.warmUp().on(engine);
    Sustained alone = Sustained.measure(plan.alone(), engine, meter);
    return new Trial(name, version, alone, Sustained.measure(plan.loaded(), engine, meter));
  }
}

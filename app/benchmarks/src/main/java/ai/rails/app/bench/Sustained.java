package ai.rails.app.bench;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import ai.rails.app.embedded.Unavailable;

/// What an engine does under a load, and what each run costs.
///
/// @param writeTransactionsPerRun transactions that changed something
/// @param commitsPerRun all transactions, those that only read too
/// @param cpuSecondsPerRun of the engine's processes, PostgreSQL's among them; absent where the
///   kernel does not say
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Sustained(
    int concurrency,
    int runs,
    double seconds,
    double runsPerSecond,
    Latency stepOverhead,
    double writeTransactionsPerRun,
    double commitsPerRun,
    double walBytesPerRun,
    @Nullable Double cpuSecondsPerRun) {

  /// Drives the load and reads the counters around it.
  static Sustained measure(Load load, Engine engine, PostgresMeter meter) {
    Optional<ProcessFigures> before = ProcessFigures.ofTrees(engine.processes());
    PostgresMeter.Counters began = meter.read();
    Load.Done done = load.on(engine);
    PostgresMeter.Counters cost = meter.read().minus(began);
    Optional<ProcessFigures> after = ProcessFigures.ofTrees(engine.processes());
    if (done.runs().isEmpty()) {
      throw new Unavailable("no run completed within " + load.limit().toSeconds() + " s");
    }
    double runs = done.runs().size();
    return new Sustained(
        load.concurrency(),
        done.runs().size(),
        done.took().toNanos() / 1e9,
        done.perSecond(),
        Latency.of(engine.overheads(done.runs()).values()),
        cost.writes() / runs,
        cost.commits() / runs,
        cost.walBytes() / runs,
        before
            .flatMap(from -> after.map(to -> (to.cpuSeconds() - from.cpuSeconds()) / runs))
            .orElse(null));
  }
}

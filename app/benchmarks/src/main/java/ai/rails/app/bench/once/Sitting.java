package ai.rails.app.bench.once;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.ObjectMapper;

import ai.rails.app.bench.once.Battered.Target;

/// What all sittings in one state directory have done so far. One that was cut off leaves its runs
/// and calls, which are counted from the ledger, but not its kills.
///
/// @param kills by what was killed
/// @param people how often a person said what became of a call
/// @param retried how often a person tried a dead letter again
record Sitting(
    String tenant,
    String workspace,
    int sittings,
    Map<Target, Integer> kills,
    long faults,
    int people,
    int retried,
    int calls,
    double seconds) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "sittings.json";

  Sitting {
    kills = Map.copyOf(kills);
  }

  /// Before the first one.
  static Sitting none() {
    return new Sitting(OnceBench.newId(), OnceBench.newId(), 0, Map.of(), 0, 0, 0, 0, 0);
  }

  /// @return empty where no tenant was set up yet
  static Optional<Sitting> read(Path state) throws IOException {
    Path file = state.resolve(FILE);
    return Files.exists(file)
        ? Optional.of(JSON.readValue(file.toFile(), Sitting.class))
        : Optional.empty();
  }

  void write(Path state) throws IOException {
    JSON.writeValue(state.resolve(FILE).toFile(), this);
  }

  /// @param allCalls of all sittings together
  Sitting plus(
      Map<Target, Integer> more, long moreFaults, Driver driver, int allCalls, Duration took) {
    Map<Target, Integer> all = new EnumMap<>(Target.class);
    kills.forEach((target, count) -> all.merge(target, count, Integer::sum));
    more.forEach((target, count) -> all.merge(target, count, Integer::sum));
    return new Sitting(
        tenant,
        workspace,
        sittings + 1,
        all,
        faults + moreFaults,
        people + driver.people(),
        retried + driver.retried(),
        allCalls,
        seconds + took.toMillis() / 1e3);
  }
}

package ai.rails.app.bench;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// One of the two that are compared: it triages an incident from trigger to receipt and approves it
/// as soon as it asks. Thread-safe.
interface Engine {
  /// Runs once and returns the run's id when it has completed.
  ///
  /// @throws ai.rails.app.embedded.Unavailable when it did not complete
  String once();

  /// Trigger to accepted write-back, less the model's time and the human's, of runs that have
  /// completed.
  Map<String, Duration> overheads(Collection<String> runs);

  /// Roots of the processes that do the work; what they started counts too.
  List<Long> processes();
}

package ai.rails.domain.run;

import java.time.Duration;
import java.time.Instant;

/// GPUs that a call holds which computes in its worker: all of that worker's, from the intent until
/// its end is recorded. Both times are the control plane's: nothing that a worker says changes
/// them.
///
/// @param gpus how many the workflow version demands
/// @param since when they were set aside
/// @param mostMillis milliseconds of one GPU that were set aside
public record GpuTime(int gpus, Instant since, long mostMillis) {
  /// @param longest that the call's manifest lets it take
  public static GpuTime of(int gpus, Instant since, Duration longest) {
    return new GpuTime(gpus, since, Math.multiplyExact(longest.toMillis(), gpus));
  }

  /// Milliseconds of one GPU that were held until now.
  long usedMillis(Instant now) {
    return Math.max(0, Math.multiplyExact(Duration.between(since, now).toMillis(), gpus));
  }
}

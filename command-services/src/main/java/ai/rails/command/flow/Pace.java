package ai.rails.command.flow;

import java.time.Duration;
import java.util.Optional;

/// How fast a manifest lets one instance be called.
///
/// @param perMinute calls in a minute, over time; up to a sixth of them may come at once
/// @param atOnce most calls on their way
public record Pace(Optional<Integer> perMinute, Optional<Integer> atOnce) {
  public static final Pace FREE = new Pace(Optional.empty(), Optional.empty());

  private static final int BURST_PART = 6;

  public Pace {
    if (perMinute.filter(n -> n < 1).isPresent() || atOnce.filter(n -> n < 1).isPresent()) {
      throw new IllegalArgumentException("a pace is at least one call");
    }
  }

  /// Between two calls, over time.
  Duration interval() {
    return perMinute.map(n -> Duration.ofMinutes(1).dividedBy(n)).orElse(Duration.ZERO);
  }

  /// How early a call may come.
  Duration tolerance() {
    int burst = Math.max(1, perMinute.orElse(1) / BURST_PART);
    return interval().multipliedBy(burst - 1L);
  }
}

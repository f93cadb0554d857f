package ai.rails.standin.github;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/// The primary limit: so many requests in a window of an hour, counted aloud in every answer.
/// Guarded by the stand-in.
final class RateLimit {
  private static final Duration WINDOW = Duration.ofHours(1);

  private final int most;
  private final InstantSource clock;
  private Instant reset;
  private int used;

  RateLimit(int most, InstantSource clock) {
    this.most = most;
    this.clock = clock;
    this.reset = clock.instant().plus(WINDOW);
  }

  /// @return whether there was one left
  boolean take() {
    Instant now = clock.instant();
    if (!now.isBefore(reset)) {
      reset = now.plus(WINDOW);
      used = 0;
    }
    if (used == most) {
      return false;
    }
    used++;
    return true;
  }

  Map<String, String> headers() {
    return Map.of(
        "x-ratelimit-limit",
        Integer.toString(most),
        "x-ratelimit-remaining",
        Integer.toString(most - used),
        "x-ratelimit-used",
        Integer.toString(used),
        "x-ratelimit-reset",
        Long.toString(reset.getEpochSecond()),
        "x-ratelimit-resource",
        "core");
  }
}

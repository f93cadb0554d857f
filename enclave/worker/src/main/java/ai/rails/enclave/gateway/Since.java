package ai.rails.enclave.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/// Before which no attempt of a call can have been: its run's start, which the run's id tells, less
/// what clocks may differ.
final class Since {
  private static final Duration APART = Duration.ofMinutes(10);

  /// No run goes on for longer.
  private static final Duration LONGEST_RUN = Duration.ofDays(30);

  private static final int VERSION = 7;

  private Since() {}

  static Instant of(String run, Instant now) {
    Instant longest = now.minus(LONGEST_RUN);
    try {
      UUID id = UUID.fromString(run);
      Instant began = Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16).minus(APART);
      return id.version() == VERSION && began.isAfter(longest) && began.isBefore(now)
          ? began
          : longest;
    } catch (IllegalArgumentException _) {
      return longest;
    }
  }
}

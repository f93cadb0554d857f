package ai.rails.command.flow;

import java.time.Duration;

import ai.rails.platform.config.Settings;

/// What an installation sets for all its instances and tenants.
///
/// @param tenantAtOnce most calls of a tenant that are on their way; more would take connections
///   from the others
/// @param failures so many in a row open an instance's breaker
/// @param open how long it is open for the first time; each failed probe doubles it
/// @param openLongest until it is that long
public record FlowLimits(int tenantAtOnce, int failures, Duration open, Duration openLongest) {
  public static final FlowLimits USUAL =
      new FlowLimits(64, 5, Duration.ofSeconds(30), Duration.ofMinutes(5));

  private static final int MOST_AT_ONCE = 4_096;
  private static final int MOST_FAILURES = 1_000;
  private static final Duration LONGEST = Duration.ofHours(1);

  /// Reads `calls.tenant.atOnce`, `calls.breaker.failures`, `calls.breaker.seconds` and
  /// `calls.breaker.longestSeconds`.
  ///
  /// @throws IllegalArgumentException naming the key and its range
  public static FlowLimits of(Settings settings) {
    Duration open = seconds(settings, "calls.breaker.seconds", USUAL.open());
    Duration longest =
        seconds(settings, "calls.breaker.longestSeconds", max(open, USUAL.openLongest()));
    int atOnce = settings.integer("calls.tenant.atOnce", USUAL.tenantAtOnce());
    int failures = settings.integer("calls.breaker.failures", USUAL.failures());
    within("calls.tenant.atOnce", atOnce, 1, MOST_AT_ONCE);
    within("calls.breaker.failures", failures, 2, MOST_FAILURES);
    within("calls.breaker.seconds", open.toSeconds(), 1, LONGEST.toSeconds());
    within(
        "calls.breaker.longestSeconds", longest.toSeconds(), open.toSeconds(), LONGEST.toSeconds());
    return new FlowLimits(atOnce, failures, open, longest);
  }

  private static Duration seconds(Settings settings, String key, Duration usual) {
    return Duration.ofSeconds(settings.integer(key, Math.toIntExact(usual.toSeconds())));
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private static void within(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %s to %s; it is %s".formatted(key, least, most, value));
    }
  }
}

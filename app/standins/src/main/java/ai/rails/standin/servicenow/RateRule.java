package ai.rails.standin.servicenow;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// A rate limit rule for a single user and clock hour. Not thread safe: [ServiceNowStandIn] owns it
/// under its lock.
///
/// The vendor counts for each node and flushes every 30 s, so its limit may start late; this one is
/// exact.
final class RateRule {
  private static final long HOUR = 3600;

  private final int limit;
  private final String ruleId;
  private final Map<String, Integer> used = new HashMap<>();
  private long hour = Long.MIN_VALUE;

  RateRule(int limit, String ruleId) {
    this.limit = limit;
    this.ruleId = ruleId;
  }

  /// Counts one request; false when it is over the limit.
  boolean admits(String user, Instant now) {
    if (limit == 0) {
      return true;
    }
    long current = Math.floorDiv(now.getEpochSecond(), HOUR);
    if (current != hour) {
      hour = current;
      used.clear();
    }
    return used.merge(user, 1, Integer::sum) <= limit;
  }

  int limit() {
    return limit;
  }

  Map<String, String> headers(Instant now) {
    if (limit == 0) {
      return Map.of();
    }
    return Map.of(
        "X-RateLimit-Limit",
        Integer.toString(limit),
        "X-RateLimit-Reset",
        Long.toString(reset(now)),
        "X-RateLimit-Rule",
        ruleId);
  }

  long secondsLeft(Instant now) {
    return reset(now) - now.getEpochSecond();
  }

  private static long reset(Instant now) {
    return (Math.floorDiv(now.getEpochSecond(), HOUR) + 1) * HOUR;
  }
}

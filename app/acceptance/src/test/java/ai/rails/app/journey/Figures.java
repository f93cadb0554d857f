package ai.rails.app.journey;

import java.time.Duration;

/// Measured times, in the test's output.
final class Figures {
  private Figures() {}

  @SuppressWarnings("SystemOut")
  static void print(String what, long sinceNanos) {
    System.out.printf(
        "FIGURE %s: %.1f s%n",
        what, Duration.ofNanos(System.nanoTime() - sinceNanos).toMillis() / 1000.0);
  }
}

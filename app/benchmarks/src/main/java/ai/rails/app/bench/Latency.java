package ai.rails.app.bench;

import java.time.Duration;
import java.util.Collection;

/// How long something took, over many times; nearest rank, so each figure is one that was measured.
public record Latency(int count, double p50Ms, double p99Ms, double maxMs) {
  private static final double NANOS_PER_MILLISECOND = 1e6;

  /// @throws IllegalArgumentException when nothing was measured
  public static Latency of(Collection<Duration> measured) {
    if (measured.isEmpty()) {
      throw new IllegalArgumentException("no percentile of nothing: not one run was measured");
    }
    long[] nanos = measured.stream().mapToLong(Duration::toNanos).sorted().toArray();
    return new Latency(
        nanos.length, milliseconds(nanos, 50), milliseconds(nanos, 99), milliseconds(nanos, 100));
  }

  private static double milliseconds(long[] sorted, int percent) {
    int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
    return sorted[Math.max(0, rank - 1)] / NANOS_PER_MILLISECOND;
  }
}

package ai.rails.app.bench.rotation;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

import ai.rails.app.bench.Figures;

/// The result. All evidence is simulated: no hardware's time to make a quote is in it.
///
/// @param first from asking for a nonce to keys that are confirmed, each worker's first time
/// @param rotation the same for the second time, all of them in `rotationSeconds`
/// @param failed releases that were refused, or that did not take the place of the one before
/// @param runs that went on meanwhile
/// @param stopped of those, the ones that did not complete
/// @param failedAttempts of their steps, by a lost lease for example
/// @param sealedStepMicros opening 4 KiB of input and sealing 4 KiB of output under a run key
public record RotationFigures(
    String benchmark,
    int workers,
    int concurrency,
    Span first,
    Span rotation,
    double rotationSeconds,
    int failed,
    int runs,
    int stopped,
    int failedAttempts,
    double sealedStepMicros)
    implements Figures {
  /// Milliseconds, nearest rank.
  public record Span(double p50Ms, double p99Ms) {
    static Span of(List<Duration> measured) {
      long[] nanos = measured.stream().mapToLong(Duration::toNanos).sorted().toArray();
      return nanos.length == 0 ? new Span(0, 0) : new Span(rank(nanos, 50), rank(nanos, 99));
    }

    private static double rank(long[] sorted, int percent) {
      int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
      return sorted[Math.max(0, rank - 1)] / 1e6;
    }
  }

  /// Whether every lease was rotated, no run stopped and none lost an attempt.
  @Override
  public boolean holds() {
    return failed == 0 && stopped == 0 && failedAttempts == 0;
  }

  @Override
  public void print(PrintStream out) {
    out.printf("%s workers, %s at a time, simulated TDX%n", workers, concurrency);
    line(out, "attest to keys, first", first);
    line(out, "attest to keys, rotation", rotation);
    out.printf(
        "all leases rotated in %.1f s, %.1f a second, %s failed%n",
        rotationSeconds, workers / rotationSeconds, failed);
    out.printf(
        "runs meanwhile: %s, of which %s did not complete; %s attempts of their steps failed%n",
        runs, stopped, failedAttempts);
    out.printf("sealing of a step, 4 KiB in and 4 KiB out: %.1f microseconds%n", sealedStepMicros);
  }

  private static void line(PrintStream out, String what, Span span) {
    out.printf("%s: p50 %.1f ms, p99 %.1f ms%n", what, span.p50Ms(), span.p99Ms());
  }
}

package ai.rails.app.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import com.sun.management.ThreadMXBean;

import ai.rails.app.attestation.AttestationCases.Inputs;
import ai.rails.attestation.Evidence;
import ai.rails.attestation.Verifier;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Mutation;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.Verdict;

/// Genuine evidence changed at random and verified, on all processors. A change of what nobody
/// signs (padding, the spelling of a certificate) may be accepted, with the same claims.
///
/// @param count in all, half of them of each kind of evidence
/// @param acceptedUnchanged accepted with the claims of the genuine evidence
/// @param acceptedChanged accepted with others: anything but 0 is a hole
/// @param crashed ended in an exception instead of a verdict: anything but 0 is a hole
/// @param mostBytes the most memory that one verification took, also if it was freed again
public record MutationFigures(
    int count,
    double perSecond,
    int acceptedUnchanged,
    int acceptedChanged,
    int crashed,
    long mostBytes) {
  private static final double NANOS_PER_SECOND = 1e9;

  /// Whether nothing changed was accepted, and nothing crashed.
  public boolean holds() {
    return acceptedChanged == 0 && crashed == 0;
  }

  /// What one thread counts.
  private static final class Count {
    private int unchanged;
    private int changed;
    private int crashed;
    private long mostBytes;
  }

  static MutationFigures measure(List<Inputs> genuine, int count, LongSupplier nanoTime) {
    int threads = Runtime.getRuntime().availableProcessors();
    long before = nanoTime.getAsLong();
    List<Count> counts = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Count>> parts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int share = count / threads + (i < count % threads ? 1 : 0);
        RandomGenerator random = new SplittableRandom(i);
        parts.add(pool.submit(() -> count(genuine, share, random)));
      }
      for (Future<Count> part : parts) {
        counts.add(part.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while quotes were verified", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a part of the mutations ended early", e);
    }
    double seconds = (nanoTime.getAsLong() - before) / NANOS_PER_SECOND;
    return new MutationFigures(
        count,
        count / seconds,
        counts.stream().mapToInt(each -> each.unchanged).sum(),
        counts.stream().mapToInt(each -> each.changed).sum(),
        counts.stream().mapToInt(each -> each.crashed).sum(),
        counts.stream().mapToLong(each -> each.mostBytes).max().orElse(0));
  }

  private static Count count(List<Inputs> genuine, int share, RandomGenerator random) {
    var memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Count count = new Count();
    for (int i = 0; i < share; i++) {
      Inputs inputs = genuine.get(i % genuine.size());
      byte[] changed = Mutation.of(inputs.evidence().content().toArray(), random);
      long before = memory.getCurrentThreadAllocatedBytes();
      try {
        Verdict verdict =
            Verifier.verify(
                new Evidence(inputs.evidence().tee(), Bytes.copyOf(changed)),
                inputs.collateral(),
                inputs.roots(),
                inputs.at());
        if (verdict instanceof Verdict.Accepted accepted) {
          if (proved(accepted).equals(proved(AttestationFigures.accepted(inputs)))) {
            count.unchanged++;
          } else {
            count.changed++;
          }
        }
      } catch (RuntimeException | StackOverflowError _) {
        count.crashed++;
      }
      count.mostBytes = Math.max(count.mostBytes, memory.getCurrentThreadAllocatedBytes() - before);
    }
    return count;
  }

  /// All that is signed: padding and the spelling of PEM are not.
  private static Object proved(Verdict.Accepted accepted) {
    return switch (accepted.claims()) {
      case Claims.Tdx tdx ->
          List.of(tdx.report(), tdx.quotingEnclave(), tdx.attestationKey(), tdx.pck());
      case Claims.Snp snp -> snp;
    };
  }
}

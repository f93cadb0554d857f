package ai.rails.enclave.worker;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long is waited before a request is repeated: doubling, bounded, and spread over the whole
/// span, so that many workers do not come back at once.
///
/// @param first bound before the second try
/// @param most bound of the doubling
public record Backoff(Duration first, Duration most, RandomGenerator random) {
  private static final int DOUBLINGS_MAX = 16;

  /// @param tries that have failed, from 1
  Duration after(int tries) {
    long bound = Math.min(most.toMillis(), first.toMillis() << Math.min(tries - 1, DOUBLINGS_MAX));
    return Duration.ofMillis(random.nextLong(bound / 2, bound + 1));
  }
}

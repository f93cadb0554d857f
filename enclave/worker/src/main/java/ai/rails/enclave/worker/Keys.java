package ai.rails.enclave.worker;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.enclave.release.KeyRelease;
import ai.rails.enclave.release.ReleaseRefused;
import ai.rails.enclave.release.Released;

/// The keys that this worker holds, renewed before they expire. Once they have expired nothing is
/// done any more. Thread-safe; one thread calls [#renewForEver()].
final class Keys implements Fence {
  private static final Logger LOG = LoggerFactory.getLogger(Keys.class);
  private static final Duration SHORTEST = Duration.ofMillis(100);

  private final KeyRelease release;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final AtomicReference<Released> current;

  /// Obtains the first release.
  ///
  /// @throws ReleaseRefused if the keys are not for this worker
  Keys(KeyRelease release, InstantSource clock, RandomGenerator random)
      throws InterruptedException {
    this.release = release;
    this.clock = clock;
    this.random = random;
    this.current = new AtomicReference<>(release.obtain());
    tell();
  }

  /// The keys.
  ///
  /// @throws Abandoned once they have expired
  Released current() {
    pass();
    return current.get();
  }

  @Override
  public void pass() {
    if (!live()) {
      throw new Abandoned("RELEASE_EXPIRED");
    }
  }

  boolean live() {
    return clock.instant().isBefore(current.get().expiresAt());
  }

  /// Renews at about two thirds of each release's life until interrupted.
  ///
  /// @throws ReleaseRefused if the control plane hands out keys that are not for this worker
  void renewForEver() throws InterruptedException {
    while (true) {
      Duration left = Duration.between(clock.instant(), current.get().expiresAt());
      double share = 0.6 + 0.1 * random.nextDouble();
      Duration pause = Duration.ofMillis((long) (left.toMillis() * share));
      Thread.sleep(pause.compareTo(SHORTEST) < 0 ? SHORTEST : pause);
      try {
        current.set(release.obtain());
        tell();
      } catch (ControlPlaneRefused | Abandoned e) {
        LOG.error("keys are not released again reason={}", e.getMessage());
      }
    }
  }

  private void tell() {
    Released keys = current.get();
    LOG.info(
        "keys released release={} epoch={} expiresAt={}",
        keys.releaseId(),
        keys.epoch(),
        keys.expiresAt());
  }
}

package ai.rails.enclave.worker;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.enclave.release.BoundArtifact;
import ai.rails.enclave.release.KeyRelease;
import ai.rails.enclave.release.ReleaseRefused;
import ai.rails.enclave.release.Released;

/// The keys that this worker holds and the workflow that it runs, renewed before they expire. Once
/// they have expired nothing is done any more. Thread-safe; one thread calls [#renewForEver()].
final class Keys implements Fence {
  private static final Logger LOG = LoggerFactory.getLogger(Keys.class);
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration MOST_PAUSE = Duration.ofSeconds(2);
  private static final Set<String> PASSING =
      Set.of(
          "POLICY_DENIED",
          "POLICY_UNAVAILABLE",
          "OTHER_POLICY",
          "COLLATERAL_UNAVAILABLE",
          "NONCE_SPENT",
          "RELEASE_NOT_CONFIRMED",
          "TOO_MANY_NONCES");
  private static final Duration REFUSED_PAUSE = Duration.ofSeconds(5);

  private final KeyRelease release;
  private final Source artifact;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final AtomicReference<Held> held;

  /// Loads the bound workflow, verified.
  @FunctionalInterface
  interface Source {
    BoundArtifact load() throws InterruptedException;
  }

  private record Held(Released keys, BoundArtifact artifact) {}

  /// Obtains the first release and loads the workflow. While policy says no, or can not be asked,
  /// it asks again: a grant may follow, and policy comes back.
  ///
  /// @throws ReleaseRefused if keys or workflow are not for this worker
  /// @throws ControlPlaneRefused if no keys are released on this worker's evidence
  Keys(KeyRelease release, Source artifact, InstantSource clock, RandomGenerator random)
      throws InterruptedException {
    this.release = release;
    this.artifact = artifact;
    this.clock = clock;
    this.random = random;
    this.held = new AtomicReference<>(first());
  }

  private Held first() throws InterruptedException {
    var backoff = new Backoff(FIRST_PAUSE, MOST_PAUSE, random);
    for (int tries = 1; ; tries++) {
      try {
        return obtain();
      } catch (ControlPlaneRefused e) {
        if (!PASSING.contains(e.code())) {
          throw e;
        }
        LOG.warn("keys are not released yet tries={} reason={}", tries, e.getMessage());
        Thread.sleep(backoff.after(tries));
      }
    }
  }

  /// The keys.
  ///
  /// @throws Abandoned once they have expired
  Released current() {
    pass();
    return held.get().keys();
  }

  /// The keys, expired or not: to seal to them uses no secret.
  Released last() {
    return held.get().keys();
  }

  /// The workflow and the connector instances as they were at the last release.
  BoundArtifact artifact() {
    return held.get().artifact();
  }

  @Override
  public void pass() {
    if (!live()) {
      throw new Abandoned("RELEASE_EXPIRED");
    }
  }

  boolean live() {
    return clock.instant().isBefore(held.get().keys().expiresAt());
  }

  /// Renews at about two thirds of each release's life until interrupted. A refusal is asked again:
  /// until it is granted the worker stands still.
  ///
  /// @throws ReleaseRefused if the control plane hands out keys that are not for this worker
  void renewForEver() throws InterruptedException {
    while (true) {
      Duration left = Duration.between(clock.instant(), held.get().keys().expiresAt());
      double share = 0.6 + 0.1 * random.nextDouble();
      Duration pause = Duration.ofMillis((long) (left.toMillis() * share));
      Thread.sleep(pause.compareTo(SHORTEST) < 0 ? SHORTEST : pause);
      try {
        held.set(obtain());
      } catch (ControlPlaneRefused | Abandoned e) {
        LOG.error("keys are not released again reason={}", e.getMessage());
        Thread.sleep(REFUSED_PAUSE);
      }
    }
  }

  private Held obtain() throws InterruptedException {
    Released keys = release.obtain();
    LOG.info(
        "keys released release={} epoch={} expiresAt={}",
        keys.releaseId(),
        keys.epoch(),
        keys.expiresAt());
    return new Held(keys, artifact.load());
  }
}

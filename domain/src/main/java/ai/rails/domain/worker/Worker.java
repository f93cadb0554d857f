package ai.rails.domain.worker;

import java.util.Optional;

import ai.rails.domain.worker.WorkerEvent.KeyReleased;
import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;

/// A worker as its events made it.
///
/// @param registered what it was admitted for; absent before
/// @param releases how often it got keys; the lease epoch of the last release
/// @param refusals how many refusals are recorded since the last release
/// @param open the release that the worker has not confirmed yet
/// @param held the release that it confirmed last, until that is known to have expired
/// @param archived digest of the collateral that its log holds last; empty before
/// @param warned the next standing that its log holds last; empty before
public record Worker(
    Optional<WorkerRegistered> registered,
    State state,
    long releases,
    int refusals,
    Optional<String> open,
    Optional<String> held,
    String archived,
    String warned) {
  /// Before the first event.
  public static final Worker NONE =
      new Worker(
          Optional.empty(), State.PROVISIONED, 0, 0, Optional.empty(), Optional.empty(), "", "");

  /// A worker's life, from its certificate to its end.
  public enum State {
    /// It has a certificate and has asked for a nonce, or what it held has expired.
    PROVISIONED,
    /// Its evidence was accepted.
    ATTESTED,
    /// Keys were sealed to it; it has not shown yet that it could open them.
    KEYS_RELEASED,
    /// It holds keys.
    RUNNING,
    /// It holds keys, and new ones were sealed to it.
    ROTATING_KEYS,
    /// Its lease opens nothing any more; it never comes back.
    TERMINATED
  }

  public boolean terminated() {
    return state == State.TERMINATED;
  }

  boolean holdsKeys() {
    return state == State.RUNNING || state == State.ROTATING_KEYS;
  }

  Worker in(State next) {
    return new Worker(registered, next, releases, refusals, open, held, archived, warned);
  }

  Worker admitted(WorkerRegistered admission) {
    return new Worker(
        Optional.of(admission), state, releases, refusals, open, held, archived, warned);
  }

  Worker archive(String collateral) {
    return new Worker(registered, state, releases, refusals, open, held, collateral, warned);
  }

  Worker offered(KeyReleased release) {
    State next = holdsKeys() ? State.ROTATING_KEYS : State.KEYS_RELEASED;
    return new Worker(
        registered,
        next,
        release.leaseEpoch(),
        0,
        Optional.of(release.releaseId()),
        held,
        archived,
        warned);
  }

  Worker confirmed() {
    return new Worker(
        registered, State.RUNNING, releases, refusals, Optional.empty(), open, archived, warned);
  }

  Worker expired() {
    return new Worker(
        registered,
        State.PROVISIONED,
        releases,
        refusals,
        open,
        Optional.empty(),
        archived,
        warned);
  }

  Worker refused() {
    return new Worker(registered, state, releases, refusals + 1, open, held, archived, warned);
  }

  Worker warned(String standing) {
    return new Worker(registered, state, releases, refusals, open, held, archived, standing);
  }
}

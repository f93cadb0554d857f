package ai.rails.domain.worker;

import java.util.Optional;

import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;

/// A worker as its events made it.
///
/// @param registered what it was admitted for; absent before
/// @param releases how often it got keys; the lease epoch of the last release
/// @param refusals how many refusals are recorded since the last release
/// @param open the release that the worker has not confirmed yet
/// @param archived digest of the collateral that its log holds last; empty before
public record Worker(
    Optional<WorkerRegistered> registered,
    State state,
    long releases,
    int refusals,
    Optional<String> open,
    String archived) {
  /// Before the first event.
  public static final Worker NONE =
      new Worker(Optional.empty(), State.PROVISIONED, 0, 0, Optional.empty(), "");

  /// A worker's life, from its certificate to its end.
  public enum State {
    /// It has a certificate and has asked for a nonce.
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

  Worker in(State next) {
    return new Worker(registered, next, releases, refusals, open, archived);
  }
}

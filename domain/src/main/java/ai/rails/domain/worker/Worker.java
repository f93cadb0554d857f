package ai.rails.domain.worker;

import java.util.Optional;

import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;

/// A worker as its events made it.
///
/// @param registered what it was admitted for; absent before
/// @param releases how often it got keys; the lease epoch of the last release
/// @param refusals how many refusals are recorded since the last release
public record Worker(
    Optional<WorkerRegistered> registered, long releases, int refusals, boolean terminated) {
  /// Before the first event.
  public static final Worker NONE = new Worker(Optional.empty(), 0, 0, false);
}

package ai.rails.domain.runner;

import java.util.Optional;

import ai.rails.domain.runner.RunnerEvent.RunnerRegistered;

/// A runner as its events made it.
///
/// @param registered the keys that count; absent before the first event and after a revocation
/// @param environment that it was first registered for, empty before
public record Runner(Optional<RunnerRegistered> registered, String environment) {
  /// Before the first event.
  public static final Runner NONE = new Runner(Optional.empty(), "");
}

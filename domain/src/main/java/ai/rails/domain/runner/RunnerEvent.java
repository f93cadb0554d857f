package ai.rails.domain.runner;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What happens to a runner: a process outside every confidential machine that makes calls where a
/// worker can not reach.
public sealed interface RunnerEvent extends Event {
  String runner();

  /// It may take calls of its workspace and environment from now on.
  ///
  /// @param tlsKeySha256 of the key in its client certificate: 64 hex digits
  /// @param sealingKeySha256 of the key that calls are sealed to: 64 hex digits
  record RunnerRegistered(
      String runner, String environment, String tlsKeySha256, String sealingKeySha256)
      implements RunnerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.RUNNER_REGISTERED;
    }
  }

  /// It may take none any more.
  record RunnerRevoked(String runner) implements RunnerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.RUNNER_REVOKED;
    }
  }
}

package ai.rails.domain.ledger;

import java.util.Optional;

/// What can be done with a workspace's log itself.
public sealed interface LogCommand {
  /// Of the log.
  Origin log();

  /// Asks that a log be abandoned.
  ///
  /// @param log that is to be abandoned
  /// @param proposal its id
  /// @param lastCheckpoint its last cosigned note, whose signatures were checked
  record ProposeEpoch(
      Origin log, String proposal, LogEvent.Reason reason, String lastCheckpoint, String by)
      implements LogCommand {}

  /// Abandons a log as somebody else proposed, or leaves it.
  ///
  /// @param lastCheckpoint the log's last one as it is by now, whose signatures were checked: the
  ///   log may have gone on since the proposal, which is an entry itself
  record DecideEpoch(
      Origin log, String proposal, boolean approve, Optional<String> lastCheckpoint, String by)
      implements LogCommand {}
}

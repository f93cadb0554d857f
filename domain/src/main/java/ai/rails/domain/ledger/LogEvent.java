package ai.rails.domain.ledger;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What happens to a workspace's log itself.
public sealed interface LogEvent extends Event {
  /// Why a log is abandoned.
  enum Reason {
    /// Its end is lost and can not be computed again as it was.
    TAIL_LOST,
    /// Another history was signed, or is held by a witness.
    FORKED,
    /// What the store has is not what the log says: the log is the only witness of some entries.
    HISTORY_LOST,
    /// It must lie in another partition.
    MOVED
  }

  /// Somebody asks that the log be abandoned.
  ///
  /// @param lastCheckpoint what the next epoch is to be bound to
  record EpochProposed(String proposal, Reason reason, String lastCheckpoint, String by)
      implements LogEvent {
    @Override
    public EntryType entryType() {
      return EntryType.LEDGER_EPOCH_PROPOSED;
    }
  }

  /// Somebody else agreed, or the proposal was rejected or taken back.
  record EpochProposalDecisioned(String proposal, boolean accepted, String by) implements LogEvent {
    @Override
    public EntryType entryType() {
      return EntryType.LEDGER_EPOCH_DECISIONED;
    }
  }

  /// The log was abandoned. All of the store's rows go into the log of the next epoch, whose first
  /// entry is bound to the abandoned one's last cosigned head.
  ///
  /// @param epoch of the new log
  /// @param lastCheckpoint the abandoned log's last cosigned note, as witnesses hold it
  record EpochOpened(int epoch, Reason reason, String lastCheckpoint) implements LogEvent {
    @Override
    public EntryType entryType() {
      return EntryType.LEDGER_EPOCH_OPENED;
    }
  }
}

package ai.rails.domain.privacy;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What was destroyed. Ledger, events and proofs stay as they are.
public sealed interface ErasureEvent extends Event {
  /// A run's content can not be read any more.
  ///
  /// @param keys wrapped keys that were deleted
  /// @param ciphertexts sealed contents that were deleted, copies in forks included
  record RunErased(String run, Cause cause, String reason, int keys, int ciphertexts)
      implements ErasureEvent {
    @Override
    public EntryType entryType() {
      return EntryType.RUN_ERASED;
    }
  }

  /// All runs about a data subject are erased; each has an entry of its own.
  ///
  /// @param subject the pseudonym that the runs' triggers disclosed
  /// @param runs how many, since the first
  /// @param links identities elsewhere that were deleted with this
  record SubjectErased(String subject, String reason, int runs, int links) implements ErasureEvent {
    @Override
    public EntryType entryType() {
      return EntryType.SUBJECT_ERASED;
    }
  }

  /// Why a run was erased.
  enum Cause {
    /// Somebody asked for this run.
    REQUEST,
    /// Somebody asked for all runs about a data subject.
    SUBJECT,
    /// Its time was over.
    RETENTION
  }
}

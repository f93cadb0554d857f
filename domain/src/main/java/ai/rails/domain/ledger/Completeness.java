package ai.rails.domain.ledger;

import java.util.Optional;

/// Whether leaves are all that a log has of one run, or one workflow.
///
/// @param entries how many leaves were right, one after the other
/// @param late how many came after the run's end; nothing in the run tells how many there should be
/// @param ended whether the entry that ends the run is there; a workflow does not end
/// @param problem the first thing that is wrong
public record Completeness(long entries, long late, boolean ended, Optional<Problem> problem) {
  /// Nothing is missing from the first entry to the last one given. Of a run that has ended, and of
  /// a workflow whose size was known, that is all there is.
  public boolean complete() {
    return problem.isEmpty();
  }

  /// What is wrong.
  ///
  /// @param position of the leaf where it shows; 0 if there is none
  /// @param reason a sentence
  public record Problem(Kind kind, long position, String reason) {}

  /// Kinds of what is wrong; the names are part of the verifier's output.
  public enum Kind {
    /// The bytes are no leaf.
    UNREADABLE,
    /// The leaf belongs to another log, run or workflow.
    FOREIGN,
    /// An entry before this one is missing.
    GAP,
    /// The leaf is at the wrong place, or there twice.
    ORDER,
    /// The entry before it is not the one that it names.
    PREDECESSOR,
    /// Count, end and type contradict each other.
    END,
    /// The entry that ends it is missing.
    MISSING_END
  }
}

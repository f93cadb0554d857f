package ai.rails.stream.signer;

import java.util.Optional;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.CompactRange;

/// What was signed last of a log.
///
/// @param checkpoint its origin, size and root
/// @param note the checkpoint with the log's signatures
/// @param tree the whole tree
/// @param previous the tree that was signed before
/// @param step what was added since
/// @param version grows with each signature; 0 before the first
/// @param frozen why nothing more is signed
record Signed(
    Checkpoint checkpoint,
    Note note,
    CompactRange tree,
    CompactRange previous,
    CompactRange step,
    long version,
    Optional<String> frozen) {

  /// A log of which nothing was signed.
  ///
  /// @param note the empty tree's checkpoint with the log's signatures
  static Signed nothing(Checkpoint empty, Note note) {
    CompactRange nothing = CompactRange.empty(0);
    return new Signed(empty, note, nothing, nothing, nothing, 0, Optional.empty());
  }

  String origin() {
    return checkpoint.origin();
  }

  long size() {
    return checkpoint.size();
  }

  /// What is signed next.
  Signed then(Checkpoint head, Note headNote, CompactRange added) {
    return new Signed(head, headNote, tree.and(added), tree, added, version + 1, Optional.empty());
  }
}

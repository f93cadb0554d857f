package ai.rails.platform.evidence;

import java.util.Optional;
import java.util.stream.Stream;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.NodeHashes;

/// Where a bundle's contents come from. Everything that a bundle says follows from here, so the
/// same source gives the same bundle, but for signatures and time stamps.
public interface EvidenceSource {
  Scope scope();

  /// The signed and cosigned checkpoint that all proofs are made against.
  Note checkpoint();

  /// The entries in order of their positions. May be asked for more than once; to be closed.
  Stream<EvidenceEntry> entries();

  /// Hashes of the checkpoint's tree.
  NodeHashes nodes();

  /// The checkpoint of an earlier export, to be shown consistent with this one.
  Optional<Note> since();

  /// The leaf just before the first entry. A period needs it to show that nothing of its time was
  /// left out at its beginning, unless it begins with the log.
  default Optional<byte[]> before() {
    return Optional.empty();
  }

  /// The leaves that follow the last entry, in order. To show that nothing was left out at the end,
  /// a period needs the next leaf, if the checkpoint covers one; a run that has not ended needs all
  /// up to the checkpoint's size. To be closed.
  default Stream<byte[]> after() {
    return Stream.empty();
  }
}

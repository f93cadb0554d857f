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
}

package ai.rails.stream.signer;

import java.util.Optional;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.CompactRange;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.NodeHashes.MissingNode;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.TileHashes;
import ai.rails.stream.signer.LogState.Waiting;

/// The rule by which a head is signed or not: it must be larger than what was signed last, and the
/// tree that was signed must be shown to be its beginning (RFC 6962), from the hashes in the
/// database and from tiles that the signer read itself. The head's own word counts for nothing.
final class Verdicts {
  private final SigningKeys keys;

  Verdicts(SigningKeys keys) {
    this.keys = keys;
  }

  /// A log of which nothing was signed: witnesses are asked with the empty tree's checkpoint.
  Signed nothing(String origin) {
    var empty = new Checkpoint(origin, 0, Merkle.emptyRoot());
    return Signed.nothing(empty, keys.sign(empty));
  }

  /// @param log has a head that waits
  /// @param row the locked row
  Verdict of(LogState log, Optional<Signed> row) {
    Waiting waiting = log.waiting().orElseThrow();
    Checkpoint head = waiting.head();
    Signed signed =
        row.orElseGet(() -> {
          var empty = new Checkpoint(head.origin(), 0, Merkle.emptyRoot());
          return Signed.nothing(
              empty, new ai.rails.domain.checkpoint.Note(empty.text(), java.util.List.of()));
        });
    if (signed.frozen().isPresent()) {
      return new Verdict.Refuse(Alarm.Code.FORK, signed);
    }
    if (head.size() < signed.size()) {
      return waiting.replayed()
          ? new Verdict.Known(signed.size())
          : new Verdict.Refuse(Alarm.Code.HEAD_BEHIND, signed);
    }
    if (head.size() == signed.size()) {
      return Merkle.equal(head.root(), signed.checkpoint().root())
          ? new Verdict.Known(signed.size())
          : new Verdict.Refuse(Alarm.Code.FORK, signed);
    }
    try {
      CompactRange step = signed.tree().next(head.size(), new TileHashes(log.tiles()));
      return consistent(signed, head, step)
          ? new Verdict.Sign(signed.then(head, keys.sign(head), step))
          : new Verdict.Refuse(Alarm.Code.FORK, signed);
    } catch (MissingNode _) {
      return new Verdict.Wait();
    }
  }

  /// Twice, in two ways: the root is computed from the hashes, and the proof that a witness will be
  /// sent is verified as the witness does.
  private static boolean consistent(Signed signed, Checkpoint head, CompactRange step) {
    return Merkle.equal(signed.tree().root(), signed.checkpoint().root())
        && Merkle.equal(signed.tree().and(step).root(), head.root())
        && Proofs.consistent(
            signed.size(),
            signed.checkpoint().root(),
            head.size(),
            head.root(),
            signed.size() == 0 ? java.util.List.of() : signed.tree().consistency(step));
  }
}

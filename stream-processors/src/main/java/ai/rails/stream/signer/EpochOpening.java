package ai.rails.stream.signer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.schema.EventCodec;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.Recorded;

/// What shows that an epoch was opened by the act that opens epochs: the event, and the log's first
/// leaf, which is bound to the last head of the log before.
///
/// @param record the first leaf, and the event
/// @param offset in the tiles topic
record EpochOpening(LedgerRecord record, long offset) {
  private static final EventCodec EVENTS = new EventCodec();

  /// Whether a log of this name may be signed for the first time.
  ///
  /// @param firstTile of the log, as far as it is there
  /// @param before what was signed last of the workspace's earlier epochs
  /// @return what speaks against it
  Optional<String> refusal(
      Origin origin, Optional<byte[]> firstTile, Optional<Signed> before, SigningKeys keys) {
    try {
      Leaf leaf = Leaf.parse(record.leaf());
      Recorded recorded = EVENTS.decode(record.event());
      if (!(recorded.event() instanceof EpochOpened opened)
          || opened.epoch() != origin.epoch()
          || !recorded.header().tenant().equals(origin.tenant())
          || !recorded.header().workspace().equals(origin.workspace())) {
        return Optional.of("the event does not open this epoch");
      }
      Note note = Note.parse(opened.lastCheckpoint().getBytes(StandardCharsets.UTF_8));
      Optional<Checkpoint> last = own(note, origin, keys);
      if (last.isEmpty()) {
        return Optional.of("it is bound to what this signer did not sign");
      }
      if (before.filter(signed -> !covers(last.get(), signed.checkpoint())).isPresent()) {
        return Optional.of("it is not bound to the last head that was signed");
      }
      boolean first =
          leaf.log().equals(origin.toString())
              && leaf.seq() == 1
              && leaf.prev().equals(LedgerHead.opened(origin, note.text()).hash())
              && firstTile.filter(tile -> startsWith(tile, Merkle.leaf(record.leaf()))).isPresent();
      return first ? Optional.empty() : Optional.of("the log does not begin with that head");
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// A head of one of the workspace's earlier epochs.
  private static Optional<Checkpoint> own(Note note, Origin origin, SigningKeys keys) {
    return Origin.parse(Checkpoint.parse(note.text()).origin())
        .filter(old -> old.sameWorkspace(origin) && old.epoch() < origin.epoch())
        .flatMap(old -> keys.own(old.toString(), note));
  }

  /// It may be more than the database knows: that may be why the log was abandoned.
  private static boolean covers(Checkpoint last, Checkpoint signed) {
    return last.origin().equals(signed.origin())
        && (last.size() > signed.size() || last.equals(signed));
  }

  private static boolean startsWith(byte[] tile, byte[] hash) {
    return tile.length >= hash.length && Arrays.equals(tile, 0, hash.length, hash, 0, hash.length);
  }
}

package ai.rails.platform.evidence;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Proofs;

/// Whether an earlier checkpoint is the beginning of a later one, by the request that would make a
/// witness sign the later one.
final class SinceCheck {
  private SinceCheck() {}

  /// @return in a sentence, what holds
  static String check(Note old, byte[] addCheckpoint, Note note, TrustCheck trust) {
    Checkpoint before = Checkpoint.parse(old.text());
    Checkpoint now = Checkpoint.parse(note.text());
    Refused.unless(
        before.origin().equals(now.origin()),
        BagNames.SINCE,
        "the earlier checkpoint is of another log");
    trust.requireLogSigned(old, BagNames.SINCE);
    List<byte[]> proof = proof(addCheckpoint);
    Refused.unless(
        Arrays.equals(LedgerFiles.addCheckpoint(before.size(), proof, note), addCheckpoint),
        BagNames.ADD_CHECKPOINT,
        "it is not the request that leads from the earlier checkpoint to this one");
    Refused.unless(
        Proofs.consistent(before.size(), before.root(), now.size(), now.root(), proof),
        BagNames.ADD_CHECKPOINT,
        "the earlier checkpoint, of %d entries, is not the beginning of this one: the log was forked"
            .formatted(before.size()));
    return "the checkpoint of %d entries that was exported before is the beginning of this one"
        .formatted(before.size());
  }

  private static List<byte[]> proof(byte[] addCheckpoint) {
    String text = new String(addCheckpoint, StandardCharsets.UTF_8);
    int blank = text.indexOf("\n\n");
    Refused.unless(blank > 0, BagNames.ADD_CHECKPOINT, "it has no proof");
    List<String> lines = List.of(text.substring(0, blank).split("\n", -1));
    Refused.unless(
        lines.size() <= Proofs.HASHES_MAX + 1, BagNames.ADD_CHECKPOINT, "the proof is too long");
    return lines.subList(1, lines.size()).stream().map(Base64.getDecoder()::decode).toList();
  }
}

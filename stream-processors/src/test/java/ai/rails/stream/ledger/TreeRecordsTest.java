package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import ai.rails.domain.EntryType;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.NoteSignature;
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.schema.LedgerRecord;

import static org.assertj.core.api.Assertions.assertThat;

/// What the topics of a log's tree may say about a log of ten entries.
class TreeRecordsTest {
  private static final Origin ORIGIN = new Origin("c1.test", "acme", "ops", 1);
  private static final int ENTRIES = 10;

  private final LedgerLog log = new LedgerLog(ORIGIN);
  private final List<byte[]> roots = new ArrayList<>(List.of(Merkle.emptyRoot()));
  private final TreeRecords records = new TreeRecords(ORIGIN);

  @BeforeEach
  void aLog() {
    LedgerHead head = LedgerHead.genesis(ORIGIN);
    var tree = new Frontier();
    for (int position = 1; position <= ENTRIES; position++) {
      byte[] event = {(byte) position};
      LedgerStep.Appended appended =
          LedgerStep.append(
              ORIGIN,
              head,
              LedgerStep.Strands.NONE,
              new LedgerRow(
                  position,
                  position,
                  event,
                  "e-" + position,
                  EntryType.ROLES_SET,
                  "00".repeat(32),
                  Optional.empty(),
                  Optional.empty()));
      log.accept(new LedgerRecord(appended.bytes(), event));
      tree.append(Merkle.leaf(appended.bytes()));
      roots.add(tree.root());
      head = appended.head();
    }
  }

  @Test
  void a_checkpoint_may_come_again_with_cosignatures_after_later_ones() {
    signed(4);
    signed(7);
    signed(4);
    signed(7);

    assertThat(records.difference(log)).isEmpty();
  }

  @Test
  void a_smaller_checkpoint_that_was_not_there_before_is_a_rollback() {
    signed(7);
    signed(4);

    assertThat(records.difference(log)).contains("the checkpoint at 4 comes after the one at 7");
  }

  @Test
  void a_head_that_goes_back_is_told() {
    head(7);
    head(4);

    assertThat(records.difference(log)).contains("the head at 4 comes after the one at 7");
  }

  @Test
  void another_root_is_told() {
    signed(new Checkpoint(ORIGIN.toString(), 7, roots.get(6)));

    assertThat(records.difference(log))
        .contains("the checkpoint at 7 has another root than the leaves");
  }

  @Test
  void a_checkpoint_over_entries_that_are_gone_is_told() {
    signed(new Checkpoint(ORIGIN.toString(), 11, roots.get(10)));

    assertThat(records.difference(log)).contains("a checkpoint covers 11 leaves, there are fewer");
  }

  private void head(int size) {
    records.head(checkpoint(size).text().getBytes(StandardCharsets.UTF_8));
  }

  private void signed(int size) {
    signed(checkpoint(size));
  }

  private void signed(Checkpoint checkpoint) {
    var signature = new NoteSignature("ledger.c1.test", 1, new byte[64]);
    records.checkpoint(new Note(checkpoint.text(), List.of(signature)).bytes());
  }

  private Checkpoint checkpoint(int size) {
    return new Checkpoint(ORIGIN.toString(), size, roots.get(size));
  }
}

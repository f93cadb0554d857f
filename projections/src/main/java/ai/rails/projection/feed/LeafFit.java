package ai.rails.projection.feed;

import java.util.Optional;

import ai.rails.domain.Header;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Sha256;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.Recorded;

/// Checks that a leaf is the leaf of the event beside it, in the log of the event's workspace.
final class LeafFit {
  private LeafFit() {}

  /// @throws IllegalStateException if it is another event's, or another log's
  static void require(LedgerRecord record, Leaf leaf, Recorded recorded) {
    Header header = recorded.header();
    require(leaf, leaf.eventSha256().equals(Sha256.hex(record.event())), "event_sha256");
    require(leaf, leaf.eventId().equals(header.eventId()), "event_id");
    require(leaf, leaf.eventType().equals(recorded.event().entryType().name()), "event_type");
    require(leaf, leaf.run().map(Leaf.RunPart::run).equals(header.run()), "run");
    require(leaf, leaf.workflow().map(Leaf.WorkflowPart::workflow).equals(header.workflow()), "wf");
    boolean own =
        origin(leaf)
            .filter(o -> o.tenant().equals(header.tenant()))
            .filter(o -> o.workspace().equals(header.workspace()))
            .isPresent();
    require(leaf, own, "log");
  }

  /// What the first leaf of its log names as the one before it.
  static String genesis(Leaf leaf) {
    return origin(leaf).map(o -> LedgerHead.genesis(o).hash()).orElseThrow();
  }

  private static Optional<Origin> origin(Leaf leaf) {
    return Origin.parse(leaf.log());
  }

  private static void require(Leaf leaf, boolean fits, String member) {
    if (!fits) {
      throw new IllegalStateException(
          "leaf %d of %s does not fit its event: %s differs; the feed stops here"
              .formatted(leaf.seq(), leaf.log(), member));
    }
  }
}

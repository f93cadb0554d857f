package ai.rails.domain.ledger;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import ai.rails.domain.EntryType;

/// Reads a log's leaves from the first on and checks that each follows from those before: position,
/// predecessor, time, and the strands of its run and workflow. Needs no event and no key; it is
/// what an auditor does. One thread at a time; remembers one strand for each run and each workflow.
///
/// Whether the last leaf is the right one only a head from elsewhere can tell: compare [#head()].
/// What a log of a later epoch is bound to only the entry that opened it can: compare [#began()].
public final class ChainCheck {
  private final Origin origin;
  private final Map<String, Strand> runs = new HashMap<>();
  private final Map<String, Strand> workflows = new HashMap<>();
  private final Set<String> over = new HashSet<>();
  private LedgerHead head;
  private String began;
  private boolean allNumbered;

  public ChainCheck(Origin origin) {
    this.origin = origin;
    this.head = LedgerHead.genesis(origin);
    this.began = head.hash();
    this.allNumbered = origin.epoch() > 1;
  }

  /// @throws IllegalArgumentException saying what is wrong; the leaf is then not counted
  public Leaf accept(byte[] bytes) {
    Leaf leaf = Leaf.parse(bytes);
    require(leaf.log().equals(origin.toString()), leaf, "it belongs to another log");
    require(leaf.seq() == head.next(), leaf, "the next position is " + head.next());
    if (origin.epoch() > 1 && leaf.seq() == 1) {
      began = leaf.prev();
    } else {
      require(leaf.prev().equals(head.hash()), leaf, "its predecessor is another leaf");
    }
    require(leaf.time() >= head.time(), leaf, "it is older than the leaf before");
    leaf.run().ifPresent(part -> checkRun(leaf, part));
    leaf.workflow().ifPresent(part -> checkWorkflow(leaf, part));
    String hash = Sha256.ofLeaf(bytes);
    head = new LedgerHead(leaf.seq(), hash, leaf.time());
    remember(leaf, hash);
    return leaf;
  }

  public LedgerHead head() {
    return head;
  }

  /// What the first leaf names as its predecessor: in epoch 1 the log's genesis, which was checked,
  /// later [LedgerHead#opened(Origin, String)] of the epoch before.
  public String began() {
    return began;
  }

  /// How many runs have begun and not ended.
  public int openRuns() {
    return runs.size() - over.size();
  }

  /// The runs that have begun; those that are over can have further entries.
  public Map<String, Strand> runs() {
    return Map.copyOf(runs);
  }

  public Map<String, Strand> workflows() {
    return Map.copyOf(workflows);
  }

  private void checkRun(Leaf leaf, Leaf.RunPart part) {
    EntryType type = entryType(leaf);
    Strand expected =
        type == EntryType.TRIGGER_RECEIVED
            ? runs.getOrDefault(part.run(), new Strand(0, Genesis.ofRun(origin, part.run())))
            : runs.get(part.run());
    if (expected == null) {
      require(part.place().isEmpty(), leaf, "its run has not begun");
      return;
    }
    if (over.contains(part.run())) {
      if (part.place().isEmpty()) {
        require(!allNumbered, leaf, "it came after its run's end and has no number in the run");
        return;
      }
      allNumbered = true;
    }
    Optional<Long> count = type.endsRun() ? Optional.of(expected.size() + 1) : Optional.empty();
    require(
        part.place().equals(Optional.of(new Leaf.Place(expected.size(), expected.hash(), count))),
        leaf,
        "run_seq, run_prev or run_count do not follow from the run's entries");
  }

  private void checkWorkflow(Leaf leaf, Leaf.WorkflowPart part) {
    Strand expected =
        workflows.getOrDefault(
            part.workflow(), new Strand(0, Genesis.ofWorkflow(origin, part.workflow())));
    require(
        part.seq() == expected.size() && part.prev().equals(expected.hash()),
        leaf,
        "wf_seq or wf_prev do not follow from the workflow's entries");
  }

  private void remember(Leaf leaf, String hash) {
    leaf.workflow()
        .ifPresent(part -> workflows.put(part.workflow(), new Strand(part.seq() + 1, hash)));
    leaf.run()
        .flatMap(Leaf.RunPart::place)
        .ifPresent(place -> {
          String run = leaf.run().orElseThrow().run();
          runs.put(run, new Strand(place.seq() + 1, hash));
          if (place.count().isPresent()) {
            over.add(run);
          }
        });
  }

  private static EntryType entryType(Leaf leaf) {
    try {
      return EntryType.valueOf(leaf.eventType());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "position %d: unknown event_type; this reader is older than the log"
              .formatted(leaf.seq()),
          e);
    }
  }

  private static void require(boolean holds, Leaf leaf, String reason) {
    if (!holds) {
      throw new IllegalArgumentException("position %d: %s".formatted(leaf.seq(), reason));
    }
  }
}

package ai.rails.domain.ledger;

import java.util.Optional;

/// Reads one run's leaves in order and checks that none is missing: numbered from 0 without gaps,
/// each naming the hash of the one before, the last one saying how many there are. Needs nothing
/// but the leaves. One thread at a time.
public final class RunCheck {
  private final String run;
  private Strand strand;
  private Optional<Long> count = Optional.empty();
  private long late;

  public RunCheck(Origin origin, String run) {
    this.run = run;
    this.strand = new Strand(0, Genesis.ofRun(origin, run));
  }

  /// Takes the next leaf of the run.
  ///
  /// @param bytes the leaf's
  /// @throws IllegalArgumentException saying what is missing or wrong
  public void accept(Leaf leaf, byte[] bytes) {
    Leaf.RunPart part =
        leaf.run()
            .filter(its -> its.run().equals(run))
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "position %d: it does not belong to run %s".formatted(leaf.seq(), run)));
    if (part.place().isEmpty()) {
      require(count.isPresent(), leaf, "it has no place in its run, which is not over");
      late++;
      return;
    }
    Leaf.Place place = part.place().get();
    require(count.isEmpty(), leaf, "it has a place in its run, which is over");
    require(
        place.seq() == strand.size(),
        leaf,
        "it is number %d of its run; number %d is missing".formatted(place.seq(), strand.size()));
    require(place.prev().equals(strand.hash()), leaf, "run_prev is not the run's entry before it");
    place
        .count()
        .ifPresent(all ->
            require(
                all == place.seq() + 1,
                leaf,
                "run_count is %d, and there are %d".formatted(all, place.seq() + 1)));
    count = place.count();
    strand = new Strand(place.seq() + 1, Sha256.ofLeaf(bytes));
  }

  /// How many entries the run has, if it is over: then none is missing.
  public Optional<Long> count() {
    return count;
  }

  /// How many entries with a place there were.
  public long entries() {
    return strand.size();
  }

  /// How many came after the run's end. They have no place, so none can be seen to be missing.
  public long late() {
    return late;
  }

  private static void require(boolean holds, Leaf leaf, String reason) {
    if (!holds) {
      throw new IllegalArgumentException("position %d: %s".formatted(leaf.seq(), reason));
    }
  }
}

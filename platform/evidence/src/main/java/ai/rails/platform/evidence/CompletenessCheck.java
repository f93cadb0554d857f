package ai.rails.platform.evidence;

import java.util.Optional;

import ai.rails.domain.ledger.Leaf;

/// Keeps the first thing that is missing apart from what is wrong with the entries: a bundle may be
/// all true and not all there. One thread.
final class CompletenessCheck {
  private final Completeness completeness;
  private Optional<Refused> missing = Optional.empty();
  private long firstSeq;
  private long lastSeq;
  private Optional<Long> runCount = Optional.empty();

  CompletenessCheck(Completeness completeness) {
    this.completeness = completeness;
  }

  void accept(Leaf leaf, byte[] bytes) {
    firstSeq = firstSeq == 0 ? leaf.seq() : firstSeq;
    lastSeq = leaf.seq();
    if (missing.isPresent()) {
      return;
    }
    try {
      completeness.accept(leaf, bytes);
    } catch (Refused e) {
      missing = Optional.of(e);
    } catch (IllegalArgumentException e) {
      missing = Optional.of(new Refused("", String.valueOf(e.getMessage())));
    }
  }

  /// That the statement counted the same entries.
  void agrees(Statement.Ledger said, long entries) {
    Refused.unless(
        said.entries() == entries && said.firstSeq() == firstSeq && said.lastSeq() == lastSeq,
        BagNames.ENTRIES,
        "the statement is about %d entries from %d to %d; there are %d from %d to %d"
            .formatted(
                said.entries(), said.firstSeq(), said.lastSeq(), entries, firstSeq, lastSeq));
    runCount = said.runCount();
  }

  /// @param entriesRight if they are not, nothing can be said
  void conclude(boolean entriesRight, Findings findings) {
    if (missing.isPresent()) {
      findings.fail(Check.COMPLETE, missing.get().where(), missing.get().reason());
    } else if (!entriesRight) {
      findings.unknown(Check.COMPLETE, "cannot be told: the entries are wrong");
    } else {
      findings
          .make(
              Check.COMPLETE,
              () -> {
                String detail = completeness.conclude(findings);
                Refused.unless(
                    completeness.runCount().equals(runCount),
                    BagNames.SIGSTORE,
                    "the statement says another number of entries of the run");
                return detail;
              })
          .ifPresent(detail -> findings.pass(Check.COMPLETE, detail));
    }
  }
}

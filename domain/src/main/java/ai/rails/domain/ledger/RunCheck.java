package ai.rails.domain.ledger;

import java.util.List;
import java.util.Optional;

import ai.rails.domain.EntryType;
import ai.rails.domain.ledger.Completeness.Kind;
import ai.rails.domain.ledger.Completeness.Problem;

/// Says of the leaves of one run, or of one workflow, whether any is missing, without the rest of
/// the log: each carries its number and the hash of the one before, and the last one of a run
/// carries the count. That the leaves are in the log at all is for inclusion proofs to show. One
/// thread at a time.
public final class RunCheck {
  private final Origin origin;
  private final Optional<String> run;
  private final String workflow;
  private final Strand genesis;
  private Strand next;
  private long position;
  private long late;
  private long unnumbered;
  private boolean ended;

  private RunCheck(Origin origin, Optional<String> run, String workflow, String genesis) {
    this.origin = origin;
    this.run = run;
    this.workflow = workflow;
    this.genesis = new Strand(0, genesis);
    this.next = this.genesis;
  }

  /// Begins to read a run's leaves, one by one.
  public static RunCheck of(Origin origin, String run) {
    return new RunCheck(origin, Optional.of(run), "", Genesis.ofRun(origin, run));
  }

  /// @param leaves of the run, in the order of the log
  public static Completeness ofRun(Origin origin, String run, List<byte[]> leaves) {
    RunCheck check = of(origin, run);
    Completeness found = check.all(leaves);
    return found.complete() && !check.ended
        ? check.found(Kind.MISSING_END, check.position, "the entry that ends the run is not there")
        : found;
  }

  /// @param leaves of the workflow, in the order of the log
  /// @param size how many entries the workflow has, if that is known; else the end may be cut
  public static Completeness ofWorkflow(
      Origin origin, String workflow, List<byte[]> leaves, Optional<Long> size) {
    var check =
        new RunCheck(origin, Optional.empty(), workflow, Genesis.ofWorkflow(origin, workflow));
    Completeness found = check.all(leaves);
    return found.complete() && size.isPresent() && size.get() != found.entries()
        ? check.found(
            Kind.MISSING_END,
            check.position,
            "the workflow has %d entries, these are %d".formatted(size.get(), found.entries()))
        : found;
  }

  /// Takes the next leaf.
  ///
  /// @param bytes the leaf's
  /// @throws IllegalArgumentException saying what is missing or wrong
  public void accept(Leaf leaf, byte[] bytes) {
    next(leaf, bytes)
        .ifPresent(problem -> {
          throw new IllegalArgumentException(problem.reason());
        });
  }

  /// How many entries the run has, if it is over: then none is missing.
  public Optional<Long> count() {
    return ended ? Optional.of(next.size() - late) : Optional.empty();
  }

  /// How many entries with a place there were.
  public long entries() {
    return next.size();
  }

  /// How many came after the run's end and go on in its numbers: none is missing between them.
  public long late() {
    return late;
  }

  /// How many came after the run's end and have no number, as releases before 0.4 wrote them: none
  /// of those can be seen to be missing.
  public long unnumbered() {
    return unnumbered;
  }

  private Optional<Problem> next(Leaf leaf, byte[] bytes) {
    Optional<Problem> problem =
        inLog(leaf)
            .or(() ->
                run.map(id -> runEntry(id, leaf, bytes))
                    .orElseGet(() -> workflowEntry(leaf, bytes)));
    if (problem.isEmpty()) {
      position = leaf.seq();
    }
    return problem;
  }

  private Completeness all(List<byte[]> leaves) {
    for (byte[] bytes : leaves) {
      Leaf leaf;
      try {
        leaf = Leaf.parse(bytes);
      } catch (IllegalArgumentException e) {
        return found(Kind.UNREADABLE, 0, String.valueOf(e.getMessage()));
      }
      Optional<Problem> problem = next(leaf, bytes);
      if (problem.isPresent()) {
        return new Completeness(next.size(), unnumbered, ended, problem);
      }
    }
    return new Completeness(next.size(), unnumbered, ended, Optional.empty());
  }

  private Optional<Problem> inLog(Leaf leaf) {
    if (!leaf.log().equals(origin.toString())) {
      return problem(Kind.FOREIGN, leaf, "it belongs to another log");
    }
    return leaf.seq() <= position
        ? problem(
            Kind.ORDER, leaf, "it does not come after the leaf before, %d".formatted(position))
        : Optional.empty();
  }

  private Optional<Problem> runEntry(String id, Leaf leaf, byte[] bytes) {
    Optional<Leaf.RunPart> part = leaf.run();
    if (part.isEmpty() || !part.get().run().equals(id)) {
      return problem(Kind.FOREIGN, leaf, "it is no entry of this run");
    }
    Optional<Leaf.Place> place = part.get().place();
    if (place.isEmpty()) {
      unnumbered++;
      return ended
          ? Optional.empty()
          : problem(Kind.GAP, leaf, "it came after the run's end, which is not there");
    }
    Optional<Problem> wrong = follows(leaf, "run", place.get().seq(), place.get().prev());
    return wrong.isPresent()
        ? wrong
        : ended ? late(leaf, place.get(), bytes) : end(leaf, place.get(), bytes);
  }

  /// A run ends once.
  private Optional<Problem> late(Leaf leaf, Leaf.Place place, byte[] bytes) {
    if (place.count().isPresent() || ends(leaf)) {
      return problem(Kind.END, leaf, "the run had ended before");
    }
    next = new Strand(next.size() + 1, Sha256.ofLeaf(bytes));
    late++;
    return Optional.empty();
  }

  private Optional<Problem> end(Leaf leaf, Leaf.Place place, byte[] bytes) {
    boolean ends = ends(leaf);
    if (ends != place.count().isPresent()) {
      return problem(Kind.END, leaf, "only the entry that ends a run has run_count");
    }
    next = new Strand(next.size() + 1, Sha256.ofLeaf(bytes));
    ended = ends;
    return ends && place.count().get() != next.size()
        ? problem(
            Kind.END,
            leaf,
            "run_count is %d, there are %d entries".formatted(place.count().get(), next.size()))
        : Optional.empty();
  }

  /// A type that this reader does not know ends no run: those that do are as old as the format.
  private static boolean ends(Leaf leaf) {
    for (EntryType type : EntryType.values()) {
      if (type.name().equals(leaf.eventType())) {
        return type.endsRun();
      }
    }
    return false;
  }

  private Optional<Problem> workflowEntry(Leaf leaf, byte[] bytes) {
    Optional<Leaf.WorkflowPart> part = leaf.workflow();
    if (part.isEmpty() || !part.get().workflow().equals(workflow)) {
      return problem(Kind.FOREIGN, leaf, "it is no entry of this workflow");
    }
    Optional<Problem> wrong = follows(leaf, "wf", part.get().seq(), part.get().prev());
    if (wrong.isEmpty()) {
      next = new Strand(next.size() + 1, Sha256.ofLeaf(bytes));
    }
    return wrong;
  }

  private Optional<Problem> follows(Leaf leaf, String name, long seq, String prev) {
    if (seq > next.size()) {
      return problem(
          Kind.GAP, leaf, "%s_seq is %d; number %d is missing".formatted(name, seq, next.size()));
    }
    if (seq < next.size()) {
      return problem(
          Kind.ORDER, leaf, "%s_seq is %d; it should be %d".formatted(name, seq, next.size()));
    }
    if (!prev.equals(next.hash())) {
      return problem(
          Kind.PREDECESSOR,
          leaf,
          next.equals(genesis)
              ? "%s_prev is not the beginning of this strand".formatted(name)
              : "%s_prev is not the hash of the entry before".formatted(name));
    }
    return Optional.empty();
  }

  private Completeness found(Kind kind, long at, String reason) {
    return new Completeness(
        next.size(), unnumbered, ended, Optional.of(new Problem(kind, at, reason)));
  }

  private static Optional<Problem> problem(Kind kind, Leaf leaf, String reason) {
    return Optional.of(
        new Problem(kind, leaf.seq(), "position %d: %s".formatted(leaf.seq(), reason)));
  }
}

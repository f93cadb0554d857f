package ai.rails.domain.ledger;

import java.util.Optional;

import ai.rails.domain.EntryType;

/// Appends one event to a log, as a pure function: the same rows in the order of their positions
/// give the same leaves, wherever they are computed.
public final class LedgerStep {
  private LedgerStep() {}

  /// What a log remembers of the run and the workflow that an event belongs to.
  ///
  /// @param run empty before its first entry
  public record Strands(Optional<Strand> run, Optional<Strand> workflow) {
    public static final Strands NONE = new Strands(Optional.empty(), Optional.empty());
  }

  /// What has become of the log.
  ///
  /// @param bytes of the leaf
  /// @param strands to be remembered
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way out; never compared
  public record Appended(Leaf leaf, byte[] bytes, LedgerHead head, Strands strands) {}

  /// @throws IllegalArgumentException if the event is not the next one, is older than the one
  ///   before, or does not fit a leaf
  public static Appended append(Origin origin, LedgerHead head, Strands strands, LedgerRow event) {
    requireNext(head, event);
    Leaf leaf =
        new Leaf(
            event.eventId(),
            Sha256.hex(event.bytes()),
            event.type().name(),
            origin.toString(),
            head.hash(),
            event.schema(),
            event.position(),
            event.recordedAt(),
            event.run().map(run -> runPart(origin, run, strands, event.type())),
            event.workflow().map(workflow -> workflowPart(origin, workflow, strands)));
    byte[] bytes = leaf.bytes();
    String hash = Sha256.ofLeaf(bytes);
    return new Appended(
        leaf, bytes, new LedgerHead(event.position(), hash, event.recordedAt()), after(leaf, hash));
  }

  private static void requireNext(LedgerHead head, LedgerRow event) {
    if (event.position() != head.next()) {
      throw new IllegalArgumentException(
          "position %d is not the next one, %d".formatted(event.position(), head.next()));
    }
    if (event.recordedAt() < head.time()) {
      throw new IllegalArgumentException(
          "position %d was recorded at %d, before the entry before it, %d"
              .formatted(event.position(), event.recordedAt(), head.time()));
    }
  }

  /// Only a trigger begins a run. What comes after its end goes on in the run's numbers.
  private static Leaf.RunPart runPart(Origin origin, String run, Strands strands, EntryType type) {
    Optional<Strand> strand =
        strands.run().isPresent() || type != EntryType.TRIGGER_RECEIVED
            ? strands.run()
            : Optional.of(new Strand(0, Genesis.ofRun(origin, run)));
    return new Leaf.RunPart(
        run,
        strand.map(s ->
            new Leaf.Place(
                s.size(),
                s.hash(),
                type.endsRun() ? Optional.of(s.size() + 1) : Optional.empty())));
  }

  private static Leaf.WorkflowPart workflowPart(Origin origin, String workflow, Strands strands) {
    Strand strand =
        strands.workflow().orElseGet(() -> new Strand(0, Genesis.ofWorkflow(origin, workflow)));
    return new Leaf.WorkflowPart(workflow, strand.size(), strand.hash());
  }

  private static Strands after(Leaf leaf, String hash) {
    return new Strands(
        leaf.run().flatMap(Leaf.RunPart::place).map(place -> new Strand(place.seq() + 1, hash)),
        leaf.workflow().map(part -> new Strand(part.seq() + 1, hash)));
  }
}

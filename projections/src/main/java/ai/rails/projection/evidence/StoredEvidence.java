package ai.rails.projection.evidence;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jooq.Condition;
import org.jooq.DSLContext;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.NodeHashes;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.TileHashes;
import ai.rails.platform.evidence.EvidenceEntry;
import ai.rails.platform.evidence.EvidenceSource;
import ai.rails.platform.evidence.Scope;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.checkpoint.StoredTiles;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;

/// A bundle's contents, out of the read side's tables. Entries come in pages, each in a short
/// transaction of its own: what a checkpoint covers never changes, so memory stays small and nobody
/// waits for a slow reader. One thread at a time.
final class StoredEvidence implements EvidenceSource {
  private static final int PAGE = 500;

  private final StoredTiles.Query query;
  private final Extent extent;
  private final Note checkpoint;
  private final long size;
  private final Optional<Note> since;
  private final NodeHashes nodes;

  /// @param size of the checkpoint's tree
  StoredEvidence(
      StoredTiles.Query query, Extent extent, Note checkpoint, long size, Optional<Note> since) {
    this.query = query;
    this.extent = extent;
    this.checkpoint = checkpoint;
    this.size = size;
    this.since = since;
    this.nodes =
        new TileHashes(
            new StoredTiles(
                query,
                new Log(extent.scope().tenant(), extent.scope().workspace(), epoch(checkpoint))));
  }

  private static int epoch(Note checkpoint) {
    return Origin.parse(Checkpoint.parse(checkpoint.text()).origin()).map(Origin::epoch).orElse(1);
  }

  /// An entry and where it is.
  private record Placed(long position, EvidenceEntry entry) {}

  @Override
  public Scope scope() {
    return extent.scope();
  }

  @Override
  public Note checkpoint() {
    return checkpoint;
  }

  @Override
  public Stream<EvidenceEntry> entries() {
    return stream(extent.entries());
  }

  @Override
  public NodeHashes nodes() {
    return nodes;
  }

  @Override
  public Optional<Note> since() {
    return since;
  }

  @Override
  public Optional<byte[]> before() {
    return extent.scope() instanceof Scope.OfPeriod && extent.first() > 1
        ? stream(positions(extent.first() - 1, extent.first() - 1))
            .findFirst()
            .map(EvidenceEntry::leaf)
        : Optional.empty();
  }

  @Override
  public Stream<byte[]> after() {
    long next = extent.last() + 1;
    Stream<EvidenceEntry> following =
        switch (extent.scope()) {
          case Scope.OfPeriod _ -> next <= size ? stream(positions(next, next)) : Stream.empty();
          case Scope.OfRun _, Scope.OfApproval _ ->
              next > size ? Stream.empty() : stream(positions(next, size));
          case Scope.OfWorkspace _ -> Stream.empty();
        };
    return following.map(EvidenceEntry::leaf);
  }

  private Condition positions(long first, long last) {
    return ENTRY
        .TENANT
        .eq(extent.scope().tenant())
        .and(ENTRY.WORKSPACE.eq(extent.scope().workspace()))
        .and(ENTRY.POSITION.between(first, last));
  }

  private Stream<EvidenceEntry> stream(Condition which) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(
            new Pages(which), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  /// Fetches a page whenever the one before is used up.
  private final class Pages implements Iterator<EvidenceEntry> {
    private final Condition which;
    private final Deque<Placed> page = new ArrayDeque<>();
    private long last;
    private boolean over;

    Pages(Condition which) {
      this.which = which;
    }

    @Override
    public boolean hasNext() {
      if (page.isEmpty() && !over) {
        Function<DSLContext, List<Placed>> fetch = sql -> fetch(sql, last);
        page.addAll(query.run(fetch));
        over = page.size() < PAGE;
      }
      return !page.isEmpty();
    }

    @Override
    public EvidenceEntry next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Placed placed = page.removeFirst();
      last = placed.position();
      return placed.entry();
    }

    private List<Placed> fetch(DSLContext sql, long after) {
      return sql.select(ENTRY.POSITION, ENTRY.LEAF, ENTRY.EVENT)
          .from(ENTRY)
          .where(which, ENTRY.POSITION.gt(after))
          .orderBy(ENTRY.POSITION)
          .limit(PAGE)
          .fetch(row -> new Placed(row.value1(), new EvidenceEntry(row.value2(), row.value3())));
    }
  }
}

package ai.rails.stream.signer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.GrowingTree;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.TilePath;

/// One history of a log as the ledger task tells it: tiles and heads. Another history may share its
/// first entries.
final class History {
  static final String DOMAIN = "c1.example";
  static final LogName LOG = new LogName(new Origin(DOMAIN, "t1", "ops", 1), 0);

  private final List<byte[]> leaves = new ArrayList<>();
  private final List<Checkpoint> trees = new ArrayList<>();
  private final GrowingTree tree = GrowingTree.inMemory();
  private final LogName log;

  History(LogName log) {
    this.log = log;
    trees.add(head());
  }

  /// What the signer reads: a tile or a head.
  @SuppressWarnings("ArrayRecordComponent") // test data, never compared
  record Told(LogName log, Optional<TilePath> tile, byte[] hashes, Optional<Checkpoint> head) {}

  /// A history with this one's first entries, in which others follow.
  History fork(int common) {
    var fork = new History(log);
    leaves.subList(0, common).forEach(leaf -> fork.append(leaf, new ArrayList<>()));
    return fork;
  }

  /// Adds entries and tells their tiles and then the head.
  List<Told> grow(int entries, String text) {
    var told = new ArrayList<Told>();
    for (int i = 0; i < entries; i++) {
      String entry = text + leaves.size();
      append(Merkle.leaf(entry.getBytes(StandardCharsets.UTF_8)), told);
    }
    tree.openTiles().forEach(tile -> told.add(tile(tile)));
    told.add(new Told(log, Optional.empty(), new byte[0], Optional.of(head())));
    return told;
  }

  /// The tree's checkpoint when it had that size.
  Checkpoint tree(int size) {
    return trees.get(size);
  }

  int size() {
    return leaves.size();
  }

  boolean has(Checkpoint checkpoint) {
    return checkpoint.size() < trees.size()
        && trees.get((int) checkpoint.size()).equals(checkpoint);
  }

  private void append(byte[] leaf, List<Told> told) {
    leaves.add(leaf);
    tree.append(leaf, full -> told.add(tile(full)));
    trees.add(head());
  }

  private Told tile(GrowingTree.Tile tile) {
    return new Told(log, Optional.of(tile.path()), tile.hashes(), Optional.empty());
  }

  private Checkpoint head() {
    return new Checkpoint(log.name(), tree.size(), tree.root());
  }
}

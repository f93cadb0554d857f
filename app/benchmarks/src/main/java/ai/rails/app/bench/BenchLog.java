package ai.rails.app.bench;

import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.ledger.GrowingTree;
import ai.rails.domain.ledger.GrowingTree.Tile;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Appended;
import ai.rails.domain.ledger.LedgerStep.Strands;
import ai.rails.domain.ledger.NodeHashes;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Strand;
import ai.rails.domain.ledger.TileHashes;

/// A log in memory. One thread.
final class BenchLog {
  private final Origin origin;
  private final GrowingTree tree = GrowingTree.inMemory();
  private final Map<String, Tile> tiles = new HashMap<>();
  private final Map<String, Strand> runs = new HashMap<>();
  private final Map<String, Strand> workflows = new HashMap<>();
  private LedgerHead head;

  BenchLog(Origin origin) {
    this.origin = origin;
    this.head = LedgerHead.genesis(origin);
  }

  Origin origin() {
    return origin;
  }

  LedgerHead head() {
    return head;
  }

  /// @return the leaf
  byte[] append(LedgerRow event) {
    var strands =
        new Strands(
            event.run().flatMap(id -> Optional.ofNullable(runs.get(id))),
            event.workflow().flatMap(id -> Optional.ofNullable(workflows.get(id))));
    Appended appended = LedgerStep.append(origin, head, strands, event);
    head = appended.head();
    event.run().ifPresent(id -> put(runs, id, appended.strands().run()));
    event.workflow().ifPresent(id -> put(workflows, id, appended.strands().workflow()));
    append(HexFormat.of().parseHex(head.hash()));
    return appended.bytes();
  }

  /// To the tree alone.
  void append(byte[] leafHash) {
    tree.append(leafHash, this::keep);
  }

  byte[] root() {
    return tree.root();
  }

  /// All tiles, the open ones too.
  Collection<Tile> tiles() {
    tree.openTiles().forEach(this::keep);
    return tiles.values();
  }

  NodeHashes nodes() {
    tree.openTiles().forEach(this::keep);
    return new TileHashes((level, index) -> {
      Tile tile = tiles.get(level + "/" + index);
      return tile == null ? new byte[0] : tile.hashes();
    });
  }

  private void keep(Tile tile) {
    tiles.put(tile.path().level() + "/" + tile.path().index(), tile);
  }

  private static void put(Map<String, Strand> strands, String id, Optional<Strand> strand) {
    strand.ifPresentOrElse(s -> strands.put(id, s), () -> strands.remove(id));
  }
}

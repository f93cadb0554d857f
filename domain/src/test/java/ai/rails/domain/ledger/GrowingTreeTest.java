package ai.rails.domain.ledger;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class GrowingTreeTest {
  /// The example of the tlog-tiles specification.
  @Test
  void givesTheTilesOfASpecifiedTree() {
    var full = new TreeMap<Integer, Integer>();
    GrowingTree tree = grown(70_000, new HashMap<>(), full);

    assertThat(full).isEqualTo(Map.of(0, 273, 1, 1));
    assertThat(tree.openTiles())
        .extracting(tile -> tile.path().toString())
        .containsExactly("tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1");
    assertThat(tree.openTiles())
        .allMatch(tile -> tile.hashes().length == tile.path().width() * Merkle.HASH_BYTES);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 255, 256, 257, 65_535, 65_536, 65_537})
  void canBeReadOutOfItsTiles(int size) {
    var tiles = new HashMap<String, byte[]>();
    GrowingTree tree = grown(size, tiles, new TreeMap<>());
    tree.openTiles().forEach(tile -> tiles.put(place(tile.path()), tile.hashes()));
    var nodes = new TileHashes((level, index) -> tiles.getOrDefault(level + "/" + index, none()));

    assertThat(Proofs.root(nodes, size)).isEqualTo(tree.root());
    assertThat(tree.fits()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255, 257, 600, 65_537})
  void doesNotFitAnotherTreesFrontier(int size) {
    GrowingTree tree = grown(size, new HashMap<>(), new TreeMap<>());
    var roots = new ArrayList<>(tree.frontier().roots());
    byte[] changed = roots.getLast().clone();
    changed[7] ^= 1;
    roots.set(roots.size() - 1, changed);

    var other =
        new GrowingTree(
            new Frontier(size, roots),
            new GrowingTree.Edge() {
              @Override
              public void put(int level, int at, byte[] hash) {
                throw new AssertionError("nothing is appended");
              }

              @Override
              public byte[] read(int level, int width) {
                return tree.openTiles().stream()
                    .filter(tile -> tile.path().level() == level)
                    .map(GrowingTree.Tile::hashes)
                    .findFirst()
                    .orElse(none());
              }
            });

    assertThat(other.fits()).isFalse();
  }

  private static GrowingTree grown(
      int size, Map<String, byte[]> tiles, Map<Integer, Integer> full) {
    GrowingTree tree = GrowingTree.inMemory();
    for (int i = 0; i < size; i++) {
      byte[] leaf = Merkle.leaf(Integer.toString(i).getBytes(StandardCharsets.US_ASCII));
      tree.append(
          leaf,
          tile -> {
            tiles.put(place(tile.path()), tile.hashes());
            full.merge(tile.path().level(), 1, Integer::sum);
          });
    }
    return tree;
  }

  private static String place(TilePath path) {
    return path.level() + "/" + path.index();
  }

  private static byte[] none() {
    return new byte[0];
  }
}

package ai.rails.domain.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The tree's mathematics over every small size: a frontier's root is the definition's, each proof
/// verifies, and none verifies when anything about it is changed.
class MerkleTest {
  private static final int SIZES = 70;

  private final List<byte[]> leaves =
      LongStream.range(0, SIZES)
          .mapToObj(i -> Merkle.leaf(new byte[] {(byte) i, (byte) (i >> 8)}))
          .toList();

  @Test
  void the_root_of_nothing_is_the_hash_of_nothing() {
    assertThat(HexFormat.of().formatHex(new Frontier().root()))
        .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  }

  @Test
  void a_frontier_has_the_root_of_the_definition() {
    var frontier = new Frontier();
    for (int size = 1; size <= SIZES; size++) {
      frontier.append(leaves.get(size - 1));
      assertThat(frontier.root()).isEqualTo(defined(leaves.subList(0, size)));
      assertThat(new Frontier(size, frontier.roots()).root()).isEqualTo(frontier.root());
      assertThat(Proofs.root(nodes(), size)).isEqualTo(frontier.root());
    }
  }

  @Test
  void every_entry_is_proved_and_no_other() {
    for (int size = 1; size <= SIZES; size++) {
      byte[] root = Proofs.root(nodes(), size);
      for (int index = 0; index < size; index++) {
        List<byte[]> proof = Proofs.inclusion(nodes(), index, size);
        byte[] leaf = leaves.get(index);
        assertThat(Proofs.includes(leaf, index, size, proof, root)).isTrue();
        assertThat(Proofs.includes(leaves.get((index + 1) % SIZES), index, size, proof, root))
            .isFalse();
        assertThat(Proofs.includes(leaf, index, size, with(proof, leaf), root)).isFalse();
        for (int i = 0; i < proof.size(); i++) {
          assertThat(Proofs.includes(leaf, index, size, flipped(proof, i), root)).isFalse();
        }
        for (int other = 0; other < size; other++) {
          assertThat(other == index || !Proofs.includes(leaf, other, size, proof, root)).isTrue();
        }
      }
    }
  }

  @Test
  void every_tree_is_proved_to_begin_with_each_smaller_one() {
    for (int size = 1; size <= SIZES; size++) {
      byte[] root = Proofs.root(nodes(), size);
      for (int old = 1; old <= size; old++) {
        byte[] oldRoot = Proofs.root(nodes(), old);
        List<byte[]> proof = Proofs.consistency(nodes(), old, size);
        assertThat(Proofs.consistent(old, oldRoot, size, root, proof)).isTrue();
        assertThat(Proofs.consistent(old, oldRoot, size, root, with(proof, root))).isFalse();
        for (int i = 0; i < proof.size(); i++) {
          assertThat(Proofs.consistent(old, oldRoot, size, root, flipped(proof, i))).isFalse();
        }
        assertThat(old == size || !Proofs.consistent(old, root, size, oldRoot, proof)).isTrue();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255, 256, 257, 511, 70_000})
  void tiles_give_the_same_proofs_as_the_tree(int size) {
    var frontier = new Frontier();
    Map<String, byte[]> tiles = new HashMap<>();
    Map<String, byte[]> tree = new HashMap<>();
    for (int i = 0; i < size; i++) {
      frontier.append(
          Merkle.leaf(new byte[] {(byte) i, (byte) (i >> 8), (byte) (i >> 16)}),
          (level, index, hash) -> {
            tree.put(level + "/" + index, hash);
            if (level % TilePath.HEIGHT == 0) {
              tiles.merge(
                  level / TilePath.HEIGHT + "/" + index / TilePath.FULL, hash, MerkleTest::join);
            }
          });
    }
    NodeHashes fromTree = (level, index) -> Objects.requireNonNull(tree.get(level + "/" + index));
    NodeHashes fromTiles =
        new TileHashes((level, index) -> Objects.requireNonNull(tiles.get(level + "/" + index)));

    assertThat(Proofs.root(fromTiles, size)).isEqualTo(frontier.root());
    for (int index : new int[] {0, size / 3, size / 2, size - 1}) {
      assertThat(Proofs.inclusion(fromTiles, index, size))
          .usingElementComparator(Arrays::compare)
          .isEqualTo(Proofs.inclusion(fromTree, index, size));
      assertThat(Proofs.consistency(fromTiles, index, size))
          .usingElementComparator(Arrays::compare)
          .isEqualTo(Proofs.consistency(fromTree, index, size));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 256, tile/0/000",
    "0, 1234067, 256, tile/0/x001/x234/067",
    "1, 0, 17, tile/1/000.p/17",
    "3, 1000, 1, tile/3/x001/000.p/1"
  })
  void a_tile_has_one_path(int level, long index, int width, String path) {
    assertThat(new TilePath(level, index, width)).hasToString(path);
    assertThat(TilePath.parse(path)).isEqualTo(new TilePath(level, index, width));
  }

  @Test
  void names_are_the_same_in_every_locale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

      assertThat(new TilePath(0, 1_234_067, 7)).hasToString("tile/0/x001/x234/067.p/7");
      assertThat(new Origin("c1.test", "t", "w", 1)).hasToString("ledger.c1.test/t/t/w/w/e/1");
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tile/8/000",
        "tile/0/0",
        "tile/0/001/234",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/300",
        "tile/-1/000",
        "tile/0/../000"
      })
  void what_is_no_tile_has_no_path(String path) {
    assertThatThrownBy(() -> TilePath.parse(path)).isInstanceOf(IllegalArgumentException.class);
  }

  private NodeHashes nodes() {
    return (level, index) ->
        defined(
            leaves.subList((int) (index << level), (int) Math.min(SIZES, (index + 1) << level)));
  }

  /// RFC 6962, section 2.1, word for word.
  private static byte[] defined(List<byte[]> hashes) {
    if (hashes.size() == 1) {
      return hashes.getFirst();
    }
    int split = Integer.highestOneBit(hashes.size() - 1);
    return Merkle.node(
        defined(hashes.subList(0, split)), defined(hashes.subList(split, hashes.size())));
  }

  private static List<byte[]> with(List<byte[]> proof, byte[] more) {
    var longer = new ArrayList<>(proof);
    longer.add(more);
    return longer;
  }

  private static List<byte[]> flipped(List<byte[]> proof, int at) {
    var other = new ArrayList<>(proof);
    byte[] hash = proof.get(at).clone();
    hash[at % hash.length] ^= 1;
    other.set(at, hash);
    return other;
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}

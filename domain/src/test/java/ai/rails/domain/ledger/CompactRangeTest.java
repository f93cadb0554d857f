package ai.rails.domain.ledger;

import java.util.List;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Stretches over every small tree: they give the roots and the consistency proofs that the tree's
/// own hashes give.
class CompactRangeTest {
  private static final int SIZES = 70;

  private final List<byte[]> leaves =
      LongStream.range(0, SIZES).mapToObj(i -> Merkle.leaf(new byte[] {(byte) i})).toList();

  private byte[] node(int level, long index) {
    return level == 0
        ? leaves.get((int) index)
        : Merkle.node(node(level - 1, index * 2), node(level - 1, index * 2 + 1));
  }

  private CompactRange tree(int size) {
    return CompactRange.empty(0).next(size, this::node);
  }

  @Test
  void a_stretch_from_the_beginning_has_the_trees_root() {
    for (int size = 0; size <= SIZES; size++) {
      assertThat(tree(size).root()).isEqualTo(Proofs.root(this::node, size));
    }
  }

  @Test
  void two_stretches_prove_what_the_tree_proves() {
    for (int old = 1; old <= SIZES; old++) {
      for (int size = old; size <= SIZES; size++) {
        CompactRange tree = tree(old);
        CompactRange step = tree.next(size, this::node);
        List<byte[]> proof = tree.consistency(step);
        assertThat(proof).containsExactlyElementsOf(Proofs.consistency(this::node, old, size));
        assertThat(tree.and(step).root()).isEqualTo(Proofs.root(this::node, size));
      }
    }
  }

  @Test
  void stretches_that_were_joined_prove_like_one() {
    for (int old = 1; old <= 40; old++) {
      for (int middle = old; middle <= 50; middle++) {
        CompactRange tree = tree(old);
        CompactRange first = tree.next(middle, this::node);
        CompactRange second = tree.and(first).next(SIZES, this::node);
        assertThat(tree.consistency(first.and(second)))
            .containsExactlyElementsOf(Proofs.consistency(this::node, old, SIZES));
      }
    }
  }

  @Test
  void the_hashes_are_enough_to_remember_it() {
    for (int from = 0; from <= SIZES; from++) {
      for (int to = from; to <= SIZES; to++) {
        CompactRange stretch = CompactRange.empty(from).next(to, this::node);
        CompactRange again = CompactRange.of(from, to, stretch.hashes());
        assertThat(tree(from).and(again).root()).isEqualTo(Proofs.root(this::node, to));
        assertThat(stretch.hashes()).hasSizeLessThan(2 * 8);
      }
    }
  }

  @Test
  void another_number_of_hashes_is_refused() {
    List<byte[]> hashes = tree(7).hashes();
    assertThatThrownBy(() -> CompactRange.of(0, 8, hashes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CompactRange.of(0, 7, hashes.subList(0, 2)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CompactRange.of(0, 0, hashes))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CompactRange.of(3, 2, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> tree(3).and(CompactRange.empty(4)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

package ai.rails.domain.ledger;

import java.util.ArrayList;
import java.util.List;

/// The right edge of a growing Merkle tree: the roots of its complete subtrees, largest first, at
/// most 63. It is all that appending and the root need, so an append costs one hash on average,
/// however large the tree is. One thread at a time.
public final class Frontier {
  private final List<byte[]> roots;
  private long size;

  /// An empty tree.
  public Frontier() {
    this(0, List.of());
  }

  /// @param roots of the complete subtrees, largest first, as [#roots()] gave them
  /// @throws IllegalArgumentException if a tree of that size has another number of them
  public Frontier(long size, List<byte[]> roots) {
    if (size < 0 || Long.bitCount(size) != roots.size()) {
      throw new IllegalArgumentException(
          "a tree of %d entries has %d complete subtrees, not %d"
              .formatted(size, Long.bitCount(size), roots.size()));
    }
    this.size = size;
    this.roots = new ArrayList<>(roots);
  }

  /// Adds an entry by its leaf hash.
  ///
  /// @param completed told of each complete subtree's root that comes to be, the leaf's own first
  public void append(byte[] leafHash, Completed completed) {
    byte[] hash = leafHash;
    completed.node(0, size, hash);
    int level = 0;
    for (long rest = size; (rest & 1) == 1; rest >>= 1) {
      hash = Merkle.node(roots.removeLast(), hash);
      level++;
      completed.node(level, size >> level, hash);
    }
    roots.add(hash);
    size++;
  }

  public void append(byte[] leafHash) {
    append(leafHash, (level, index, hash) -> {});
  }

  public long size() {
    return size;
  }

  /// The tree's root.
  public byte[] root() {
    if (roots.isEmpty()) {
      return Merkle.emptyRoot();
    }
    byte[] root = roots.getLast();
    for (int i = roots.size() - 2; i >= 0; i--) {
      root = Merkle.node(roots.get(i), root);
    }
    return root;
  }

  /// The roots of the complete subtrees, largest first.
  public List<byte[]> roots() {
    return List.copyOf(roots);
  }

  /// Hears of complete subtrees.
  @FunctionalInterface
  public interface Completed {
    /// @param level 0 for leaves; the subtree has `1 << level` entries
    /// @param index of the subtree among those of its level
    void node(int level, long index, byte[] hash);
  }
}

package ai.rails.app.conformance;

import java.util.ArrayList;
import java.util.List;

import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Proofs;

/// Proofs about a subtree `[start, end)` of a tree, as the Merkle tree certificates draft defines
/// them. The product makes none; the mathematics is the ledger's.
final class Subtrees {
  private final List<byte[]> proof;
  private final byte[] subtreeRoot;

  private Subtrees(List<byte[]> proof, byte[] subtreeRoot) {
    this.proof = new ArrayList<>(proof);
    this.subtreeRoot = subtreeRoot;
  }

  /// @throws IllegalArgumentException if no tree has such a subtree
  static void requireValid(long start, long end) {
    if (start >= end) {
      throw new IllegalArgumentException("a subtree begins before its end");
    }
    long size = end - start;
    long wide = Long.highestOneBit(size) == size ? size : Long.highestOneBit(size) << 1;
    if (wide <= 0 || start % wide != 0) {
      throw new IllegalArgumentException("a subtree begins at a multiple of its width");
    }
  }

  /// Whether the subtree is a part of the tree.
  static boolean consistent(
      long start, long end, long size, List<byte[]> proof, byte[] subtreeRoot, byte[] root) {
    boolean hashes = proof.stream().allMatch(hash -> hash.length == Merkle.HASH_BYTES);
    if (end > size || start > end || !hashes || proof.size() > 2 * Proofs.HASHES_MAX) {
      return false;
    }
    if (start == end) {
      return proof.isEmpty() && Merkle.equal(subtreeRoot, Merkle.emptyRoot());
    }
    requireValid(start, end);
    var subtrees = new Subtrees(proof, subtreeRoot);
    Pair pair = subtrees.climb(start, end, size, true);
    return subtrees.proof.isEmpty()
        && Merkle.equal(pair.inside, subtreeRoot)
        && Merkle.equal(pair.whole, root);
  }

  /// @param inside the part of the subtree in a range
  /// @param whole the range
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Pair(byte[] inside, byte[] whole) {}

  /// Takes the proof's hashes from its end: the outermost sibling is the last.
  ///
  /// @param known whether the subtree is still whole in this range, so that its root is known
  private Pair climb(long start, long end, long size, boolean known) {
    if (start == 0 && end == size) {
      byte[] hash = known ? subtreeRoot : last();
      return new Pair(hash, hash);
    }
    long middle = Long.highestOneBit(size - 1);
    byte[] sibling = last();
    if (end <= middle) {
      Pair left = climb(start, end, middle, known);
      return new Pair(left.inside, Merkle.node(left.whole, sibling));
    }
    if (middle <= start) {
      Pair right = climb(start - middle, end - middle, size - middle, known);
      return new Pair(right.inside, Merkle.node(sibling, right.whole));
    }
    Pair right = climb(0, end - middle, size - middle, false);
    return new Pair(Merkle.node(sibling, right.inside), Merkle.node(sibling, right.whole));
  }

  private byte[] last() {
    if (proof.isEmpty()) {
      throw new IllegalArgumentException("the proof is too short");
    }
    return proof.removeLast();
  }
}

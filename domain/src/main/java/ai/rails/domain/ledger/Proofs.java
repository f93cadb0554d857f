package ai.rails.domain.ledger;

import java.util.ArrayList;
import java.util.List;

/// Roots and proofs of Merkle trees: made as RFC 6962 section 2.1 defines them, verified as RFC
/// 9162 sections 2.1.3.2 and 2.1.4.2 say. Making one asks for a logarithmic number of hashes.
public final class Proofs {
  /// More hashes than this no proof has.
  public static final int HASHES_MAX = 63;

  private Proofs() {}

  /// The root of the tree's first `size` entries.
  public static byte[] root(NodeHashes nodes, long size) {
    return size == 0 ? Merkle.emptyRoot() : range(nodes, 0, size);
  }

  /// That an entry is in the tree: sibling hashes, the leaf's first.
  ///
  /// @param index from 0
  public static List<byte[]> inclusion(NodeHashes nodes, long index, long size) {
    if (index < 0 || index >= size) {
      throw new IllegalArgumentException(
          "a tree of %d entries has none with index %d".formatted(size, index));
    }
    var proof = new ArrayList<byte[]>();
    inclusion(nodes, index, 0, size, proof);
    return proof;
  }

  /// That the tree of `old` entries is the beginning of the tree of `size` entries.
  public static List<byte[]> consistency(NodeHashes nodes, long old, long size) {
    if (old < 0 || old > size) {
      throw new IllegalArgumentException(
          "a tree of %d entries does not begin with one of %d".formatted(size, old));
    }
    var proof = new ArrayList<byte[]>();
    if (old > 0 && old < size) {
      consistency(nodes, old, 0, size, true, proof);
    }
    return proof;
  }

  /// Whether an entry with this leaf hash is in the tree with this root.
  public static boolean includes(
      byte[] leafHash, long index, long size, List<byte[]> proof, byte[] root) {
    if (index < 0 || index >= size || !hashes(proof) || leafHash.length != Merkle.HASH_BYTES) {
      return false;
    }
    long node = index;
    long last = size - 1;
    byte[] hash = leafHash;
    for (byte[] sibling : proof) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        hash = Merkle.node(sibling, hash);
        int levels = node == 0 ? 0 : Long.numberOfTrailingZeros(node);
        node >>= levels;
        last >>= levels;
      } else {
        hash = Merkle.node(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && Merkle.equal(hash, root);
  }

  /// Whether the first tree is the beginning of the second. A tree without entries is the beginning
  /// of every tree.
  public static boolean consistent(
      long old, byte[] oldRoot, long size, byte[] root, List<byte[]> proof) {
    if (old < 0 || old > size || !hashes(proof)) {
      return false;
    }
    if (old == size) {
      return proof.isEmpty() && Merkle.equal(oldRoot, root);
    }
    if (old == 0) {
      return proof.isEmpty();
    }
    if (proof.isEmpty()) {
      return false;
    }
    int shift = Long.numberOfTrailingZeros(old);
    long node = (old - 1) >> shift;
    long last = (size - 1) >> shift;
    // The old tree's own root begins the way if it is one complete subtree.
    boolean whole = Long.bitCount(old) == 1;
    byte[] first = whole ? oldRoot : proof.getFirst();
    return climb(proof.subList(whole ? 0 : 1, proof.size()), node, last, first, oldRoot, root);
  }

  private static boolean climb(
      List<byte[]> proof, long from, long end, byte[] first, byte[] oldRoot, byte[] root) {
    long node = from;
    long last = end;
    byte[] oldHash = first;
    byte[] hash = first;
    for (byte[] sibling : proof) {
      if (last == 0) {
        return false;
      }
      if ((node & 1) == 1 || node == last) {
        oldHash = Merkle.node(sibling, oldHash);
        hash = Merkle.node(sibling, hash);
        int levels = node == 0 ? 0 : Long.numberOfTrailingZeros(node);
        node >>= levels;
        last >>= levels;
      } else {
        hash = Merkle.node(hash, sibling);
      }
      node >>= 1;
      last >>= 1;
    }
    return last == 0 && Merkle.equal(oldHash, oldRoot) && Merkle.equal(hash, root);
  }

  private static void inclusion(
      NodeHashes nodes, long index, long from, long to, List<byte[]> proof) {
    if (to - from == 1) {
      return;
    }
    long middle = from + split(to - from);
    if (index < middle) {
      inclusion(nodes, index, from, middle, proof);
      proof.add(range(nodes, middle, to));
    } else {
      inclusion(nodes, index, middle, to, proof);
      proof.add(range(nodes, from, middle));
    }
  }

  private static void consistency(
      NodeHashes nodes, long old, long from, long to, boolean whole, List<byte[]> proof) {
    if (old == to) {
      if (!whole) {
        proof.add(range(nodes, from, to));
      }
      return;
    }
    long middle = from + split(to - from);
    if (old <= middle) {
      consistency(nodes, old, from, middle, whole, proof);
      proof.add(range(nodes, middle, to));
    } else {
      consistency(nodes, old, middle, to, false, proof);
      proof.add(range(nodes, from, middle));
    }
  }

  /// The root of the entries from `from` to before `to`; `from` begins a subtree of that size.
  private static byte[] range(NodeHashes nodes, long from, long to) {
    long count = to - from;
    if (Long.bitCount(count) == 1) {
      int level = Long.numberOfTrailingZeros(count);
      return nodes.node(level, from >> level);
    }
    long middle = from + split(count);
    return Merkle.node(range(nodes, from, middle), range(nodes, middle, to));
  }

  /// The largest power of two below the count.
  private static long split(long count) {
    return Long.highestOneBit(count - 1);
  }

  private static boolean hashes(List<byte[]> proof) {
    return proof.size() <= HASHES_MAX
        && proof.stream().allMatch(hash -> hash.length == Merkle.HASH_BYTES);
  }
}

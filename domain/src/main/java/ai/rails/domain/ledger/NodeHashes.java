package ai.rails.domain.ledger;

/// Where the hashes of a tree's complete subtrees come from: tiles, a table, memory.
@FunctionalInterface
public interface NodeHashes {
  /// The root of the entries from `index << level` to `((index + 1) << level) - 1`.
  ///
  /// @param level 0 for leaf hashes
  /// @throws MissingNode if it is not known here
  byte[] node(int level, long index);

  /// A hash is not there: the tree is shorter than was asked for, or a tile was lost.
  final class MissingNode extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MissingNode(String what) {
      super(what, null, false, false);
    }
  }
}

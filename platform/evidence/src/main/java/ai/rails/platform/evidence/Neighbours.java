package ai.rails.platform.evidence;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Sha256;

/// Leaves around the entries of a bundle, without their events. They are in the log because each
/// names the hash of the one before, and the last one brings its proof.
record Neighbours(Bundle bundle, EntriesCheck entries) {
  /// Enough for the leaves between two checkpoints, many times.
  private static final int LEAVES_MAX = 100_000;

  /// @param lastSeq position of the last leaf; that of the entry itself if none follows
  record Following(List<Leaf> leaves, long lastSeq) {}

  /// Whether there are no leaves behind the last entry.
  boolean none() {
    return !bundle.has(BagNames.AFTER);
  }

  /// The leaf before the first entry.
  ///
  /// @throws Refused if it is missing, or another one
  Leaf before(Leaf first) {
    Iterator<byte[]> lines = bundle.lines(BagNames.BEFORE, Leaf.BYTES_MAX);
    Refused.unless(lines.hasNext(), BagNames.BEFORE, "it has no leaf");
    byte[] bytes = lines.next();
    Refused.unless(!lines.hasNext(), BagNames.BEFORE, "it has more than one leaf");
    Refused.unless(
        Sha256.ofLeaf(bytes).equals(first.prev()),
        BagNames.BEFORE,
        "the leaf is not the one before entry %d".formatted(first.seq()));
    return entries.leaf(1, bytes);
  }

  /// The leaves behind the last entry, as many as there are.
  ///
  /// @throws Refused if one is not the one behind the leaf before it
  Following after(Leaf last, byte[] lastBytes) {
    var leaves = new ArrayList<Leaf>();
    if (!bundle.has(BagNames.AFTER)) {
      return new Following(leaves, last.seq());
    }
    byte[] previous = lastBytes;
    long seq = last.seq();
    for (Iterator<byte[]> lines = bundle.lines(BagNames.AFTER, Leaf.BYTES_MAX); lines.hasNext(); ) {
      byte[] bytes = lines.next();
      Leaf leaf = entries.leaf(leaves.size() + 1L, bytes);
      Refused.unless(
          leaf.seq() == ++seq && leaf.prev().equals(Sha256.ofLeaf(previous)),
          BagNames.AFTER,
          "leaf %d is not the one behind the leaf before it".formatted(leaf.seq()));
      Refused.unless(
          leaves.size() < LEAVES_MAX,
          BagNames.AFTER,
          "it has more than %d leaves".formatted(LEAVES_MAX));
      leaves.add(leaf);
      previous = bytes;
    }
    if (!leaves.isEmpty()) {
      entries.included(leaves.getLast(), previous);
    }
    return new Following(leaves, seq);
  }
}

package ai.rails.domain.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A stretch of a Merkle tree, as the roots of the largest complete subtrees that lie wholly in it,
/// from left to right: about twice the tree's height of hashes, however long the stretch. The one
/// from 0 gives the tree's root; that one and the next together give the consistency proof between
/// their ends. So who keeps two of them needs no tile to prove that a log only grew. Immutable.
public final class CompactRange {
  private final long from;
  private final long to;
  private final List<Node> nodes;

  private CompactRange(long from, long to, List<Node> nodes) {
    this.from = from;
    this.to = to;
    this.nodes = List.copyOf(nodes);
  }

  @SuppressWarnings("ArrayRecordComponent") // a hash on its way; never compared
  private record Node(Place place, byte[] hash) {}

  private record Place(int level, long index) {
    static Place at(long position, long end) {
      int aligned = position == 0 ? Long.SIZE : Long.numberOfTrailingZeros(position);
      int fits = Long.SIZE - 1 - Long.numberOfLeadingZeros(end - position);
      int level = Math.min(aligned, fits);
      return new Place(level, position >> level);
    }

    long end() {
      return (index + 1) << level;
    }

    boolean pairsWith(Place right) {
      return level == right.level && index + 1 == right.index && (index & 1) == 0;
    }
  }

  /// A stretch without entries.
  public static CompactRange empty(long at) {
    return new CompactRange(at, at, List.of());
  }

  /// @param hashes as [#hashes()] gave them
  /// @throws IllegalArgumentException if such a stretch has another number of them
  public static CompactRange of(long from, long to, List<byte[]> hashes) {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("a stretch from %d to %d is none".formatted(from, to));
    }
    var nodes = new ArrayList<Node>();
    for (long at = from; at < to && nodes.size() < hashes.size(); ) {
      Place place = Place.at(at, to);
      nodes.add(new Node(place, hashes.get(nodes.size())));
      at = place.end();
    }
    boolean whole = nodes.isEmpty() ? from == to : nodes.getLast().place.end() == to;
    if (!whole || nodes.size() != hashes.size()) {
      throw new IllegalArgumentException(
          "the stretch from %d to %d has another number of hashes than %d"
              .formatted(from, to, hashes.size()));
    }
    return new CompactRange(from, to, nodes);
  }

  public long from() {
    return from;
  }

  public long to() {
    return to;
  }

  /// The roots, from left to right.
  public List<byte[]> hashes() {
    return nodes.stream().map(Node::hash).toList();
  }

  /// The stretch that begins where this one ends.
  ///
  /// @param source knows the hashes of the entries from here to `end`
  /// @throws NodeHashes.MissingNode if it does not
  public CompactRange next(long end, NodeHashes source) {
    if (end < to) {
      throw new IllegalArgumentException("no stretch goes from %d back to %d".formatted(to, end));
    }
    var found = new ArrayList<Node>();
    for (long at = to; at < end; ) {
      Place place = Place.at(at, end);
      found.add(new Node(place, source.node(place.level, place.index)));
      at = place.end();
    }
    return new CompactRange(to, end, found);
  }

  /// Both stretches as one.
  ///
  /// @throws IllegalArgumentException if the other does not begin where this one ends
  public CompactRange and(CompactRange other) {
    if (other.from != to) {
      throw new IllegalArgumentException(
          "a stretch that begins at %d does not follow one that ends at %d"
              .formatted(other.from, to));
    }
    var joined = new ArrayList<>(nodes);
    other.nodes.forEach(node -> push(joined, node));
    return new CompactRange(from, other.to, joined);
  }

  /// The root of the tree that ends here.
  ///
  /// @throws IllegalStateException if the stretch does not begin at 0
  public byte[] root() {
    if (from != 0) {
      throw new IllegalStateException("only a stretch from 0 has a root");
    }
    if (nodes.isEmpty()) {
      return Merkle.emptyRoot();
    }
    byte[] root = nodes.getLast().hash;
    for (int i = nodes.size() - 2; i >= 0; i--) {
      root = Merkle.node(nodes.get(i).hash, root);
    }
    return root;
  }

  /// That the tree which ends here is the beginning of the tree which ends with `later`.
  public List<byte[]> consistency(CompactRange later) {
    if (later.from != to || from != 0) {
      throw new IllegalArgumentException("a proof needs a tree and the stretch that follows it");
    }
    Map<Place, byte[]> known = new HashMap<>();
    nodes.forEach(node -> known.put(node.place, node.hash));
    later.nodes.forEach(node -> known.put(node.place, node.hash));
    return Proofs.consistency((level, index) -> node(known, level, index), to, later.to);
  }

  private static byte[] node(Map<Place, byte[]> known, int level, long index) {
    byte[] hash = known.get(new Place(level, index));
    if (hash == null) {
      throw new NodeHashes.MissingNode("node %d of level %d".formatted(index, level));
    }
    return hash;
  }

  /// Adds a subtree; two that are one when taken together become one.
  private static void push(List<Node> nodes, Node node) {
    Node last = node;
    while (!nodes.isEmpty() && nodes.getLast().place.pairsWith(last.place)) {
      Node left = nodes.removeLast();
      last =
          new Node(
              new Place(left.place.level + 1, left.place.index >> 1),
              Merkle.node(left.hash, last.hash));
    }
    nodes.add(last);
  }
}

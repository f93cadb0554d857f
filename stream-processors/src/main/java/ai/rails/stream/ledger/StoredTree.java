package ai.rails.stream.ledger;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.GrowingTree;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;

/// What the ledger task remembers of one log's Merkle tree: the frontier and the last head in the
/// store of trees, the open tiles in the store of edges, in portions, so that a change is a small
/// record whatever the tile's width. Used by the task's one thread.
final class StoredTree implements GrowingTree.Edge {
  /// Hashes a portion: a change writes half as many on average.
  private static final int PORTION = 16;

  private static final byte FORMAT = 1;
  private static final int FIXED_BYTES = 1 + Long.BYTES * 2 + Merkle.HASH_BYTES;

  private final KeyValueStore<String, byte[]> trees;
  private final KeyValueStore<String, byte[]> edges;
  private final String key;

  StoredTree(
      KeyValueStore<String, byte[]> trees, KeyValueStore<String, byte[]> edges, Origin origin) {
    this.trees = trees;
    this.edges = edges;
    this.key = keyOf(origin);
  }

  static String keyOf(Origin origin) {
    return origin.tenant() + "|" + origin.workspace();
  }

  /// @param headSize size of the tree that the last head covers
  /// @param headRoot of that tree
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way out; never compared
  record State(Frontier frontier, long headSize, byte[] headRoot) {
    static State empty() {
      return new State(new Frontier(), 0, Merkle.emptyRoot());
    }

    boolean uncovered() {
      return frontier.size() > headSize;
    }
  }

  Optional<State> state() {
    return Optional.ofNullable(trees.get(key)).map(StoredTree::read);
  }

  /// @throws IllegalArgumentException if it is no tree
  static State read(byte[] stored) {
    ByteBuffer in = ByteBuffer.wrap(stored);
    if (stored.length < FIXED_BYTES || in.get() != FORMAT) {
      throw new IllegalArgumentException("the stored tree has another format");
    }
    long size = in.getLong();
    long headSize = in.getLong();
    byte[] headRoot = hash(in);
    var roots = new ArrayList<byte[]>();
    while (in.remaining() >= Merkle.HASH_BYTES) {
      roots.add(hash(in));
    }
    return new State(new Frontier(size, roots), headSize, headRoot);
  }

  void put(State state) {
    var roots = state.frontier.roots();
    ByteBuffer out =
        ByteBuffer.allocate(FIXED_BYTES + roots.size() * Merkle.HASH_BYTES)
            .put(FORMAT)
            .putLong(state.frontier.size())
            .putLong(state.headSize)
            .put(state.headRoot);
    roots.forEach(out::put);
    trees.put(key, out.array());
  }

  /// Takes the open tiles of a tree that was computed elsewhere.
  void put(List<GrowingTree.Tile> open) {
    for (GrowingTree.Tile tile : open) {
      for (int at = 0; at < tile.path().width(); at++) {
        int from = at * Merkle.HASH_BYTES;
        put(
            tile.path().level(),
            at,
            Arrays.copyOfRange(tile.hashes(), from, from + Merkle.HASH_BYTES));
      }
    }
  }

  @Override
  public void put(int level, int at, byte[] hash) {
    int kept = (at % PORTION) * Merkle.HASH_BYTES;
    String name = portion(level, at / PORTION);
    byte[] portion = Arrays.copyOf(kept == 0 ? new byte[0] : stored(name), kept + hash.length);
    System.arraycopy(hash, 0, portion, kept, hash.length);
    edges.put(name, portion);
  }

  @Override
  public byte[] read(int level, int width) {
    byte[] hashes = new byte[width * Merkle.HASH_BYTES];
    for (int from = 0; from < width; from += PORTION) {
      byte[] portion = stored(portion(level, from / PORTION));
      int length = Math.min(width - from, PORTION) * Merkle.HASH_BYTES;
      if (portion.length >= length) {
        System.arraycopy(portion, 0, hashes, from * Merkle.HASH_BYTES, length);
      }
    }
    return hashes;
  }

  private byte[] stored(String name) {
    byte @Nullable [] found = edges.get(name);
    return found == null ? new byte[0] : found;
  }

  private String portion(int level, int number) {
    return "%s|%d|%02d".formatted(key, level, number);
  }

  private static byte[] hash(ByteBuffer in) {
    byte[] hash = new byte[Merkle.HASH_BYTES];
    in.get(hash);
    return hash;
  }
}

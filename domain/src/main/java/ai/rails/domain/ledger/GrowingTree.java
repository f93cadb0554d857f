package ai.rails.domain.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// A Merkle tree that grows and gives out its tiles: each full one once, the ones at its right edge
/// when asked. It remembers the frontier and, of each level of tiles, the one that is not full yet;
/// everything before has left the house. An append costs one hash and one change of the edge on
/// average, however large the tree is. One thread at a time.
public final class GrowingTree {
  private final Frontier frontier;
  private final Edge edge;

  public GrowingTree(Frontier frontier, Edge edge) {
    this.frontier = frontier;
    this.edge = edge;
  }

  /// An empty tree that keeps its edge in memory.
  public static GrowingTree inMemory() {
    return new GrowingTree(new Frontier(), new EdgeInMemory());
  }

  /// The tiles at the tree's right edge that are not full.
  public interface Edge {
    /// Puts a hash in the open tile of that level; what lay at this place or behind it is void.
    ///
    /// @param at its place in the tile, 0 to 255
    void put(int level, int at, byte[] hash);

    /// The first `width` hashes of the open tile of that level, one after the other.
    byte[] read(int level, int width);
  }

  /// A tile's name and its hashes, one after the other.
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way out; never compared
  public record Tile(TilePath path, byte[] hashes) {}

  /// @param full gets the tiles that are full now, those of lower levels first
  public void append(byte[] leafHash, Consumer<Tile> full) {
    frontier.append(
        leafHash,
        (level, index, hash) -> {
          if (level % TilePath.HEIGHT == 0) {
            put(level / TilePath.HEIGHT, index, hash, full);
          }
        });
  }

  private void put(int level, long index, byte[] hash, Consumer<Tile> full) {
    int at = (int) (index & (TilePath.FULL - 1));
    edge.put(level, at, hash);
    if (at == TilePath.FULL - 1) {
      var path = new TilePath(level, index >> TilePath.HEIGHT, TilePath.FULL);
      full.accept(new Tile(path, edge.read(level, TilePath.FULL)));
    }
  }

  public long size() {
    return frontier.size();
  }

  public byte[] root() {
    return frontier.root();
  }

  public Frontier frontier() {
    return frontier;
  }

  /// The tiles that are not full, with what they hold.
  public List<Tile> openTiles() {
    return openPaths(size()).stream()
        .map(path -> new Tile(path, edge.read(path.level(), path.width())))
        .toList();
  }

  /// The names of the tiles that are not full in a tree of that size, lowest level first.
  public static List<TilePath> openPaths(long size) {
    var paths = new ArrayList<TilePath>();
    int level = 0;
    for (long hashes = size; hashes > 0; hashes >>= TilePath.HEIGHT) {
      int width = (int) (hashes & (TilePath.FULL - 1));
      if (width > 0) {
        paths.add(new TilePath(level, hashes >> TilePath.HEIGHT, width));
      }
      level++;
    }
    return paths;
  }

  /// Whether the edge holds the tree that the frontier says: what a store gives back must fit
  /// together.
  public boolean fits() {
    NodeHashes nodes =
        new TileHashes((level, index) ->
            edge.read(level, (int) ((size() >> (level * TilePath.HEIGHT)) & (TilePath.FULL - 1))));
    long end = size();
    List<byte[]> roots = frontier.roots();
    for (int i = roots.size() - 1; i >= 0; i--) {
      int level = Long.numberOfTrailingZeros(end);
      end -= 1L << level;
      if (!Arrays.equals(roots.get(i), nodeOfEdge(nodes, level, end >> level))) {
        return false;
      }
    }
    return true;
  }

  private static byte[] nodeOfEdge(NodeHashes nodes, int level, long index) {
    try {
      return nodes.node(level, index);
    } catch (NodeHashes.MissingNode e) {
      return new byte[0];
    }
  }

  private static final class EdgeInMemory implements Edge {
    private final List<byte[]> levels = new ArrayList<>();

    @Override
    public void put(int level, int at, byte[] hash) {
      while (levels.size() <= level) {
        levels.add(new byte[TilePath.FULL * Merkle.HASH_BYTES]);
      }
      System.arraycopy(hash, 0, levels.get(level), at * Merkle.HASH_BYTES, Merkle.HASH_BYTES);
    }

    @Override
    public byte[] read(int level, int width) {
      return Arrays.copyOf(levels.get(level), width * Merkle.HASH_BYTES);
    }
  }
}

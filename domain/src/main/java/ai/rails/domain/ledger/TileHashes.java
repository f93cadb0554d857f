package ai.rails.domain.ledger;

import java.util.Arrays;

/// Reads a tree's hashes out of its tiles, as C2SP tlog-tiles lays them out: a tile holds every
/// eighth level, what lies between is hashed again.
public final class TileHashes implements NodeHashes {
  private final Source source;

  public TileHashes(Source source) {
    this.source = source;
  }

  @Override
  public byte[] node(int level, long index) {
    int tileLevel = level / TilePath.HEIGHT;
    int above = level % TilePath.HEIGHT;
    long first = index << above;
    int count = 1 << above;
    byte[] tile = source.tile(tileLevel, first >> TilePath.HEIGHT);
    int from = (int) (first & (TilePath.FULL - 1));
    if (tile.length < (from + count) * Merkle.HASH_BYTES) {
      throw new MissingNode(
          "tile %d/%d has %d hashes; number %d is needed"
              .formatted(
                  tileLevel,
                  first >> TilePath.HEIGHT,
                  tile.length / Merkle.HASH_BYTES,
                  from + count));
    }
    return root(tile, from, count);
  }

  private static byte[] root(byte[] tile, int from, int count) {
    if (count == 1) {
      return Arrays.copyOfRange(tile, from * Merkle.HASH_BYTES, (from + 1) * Merkle.HASH_BYTES);
    }
    int half = count / 2;
    return Merkle.node(root(tile, from, half), root(tile, from + half, half));
  }

  /// Where tiles come from.
  @FunctionalInterface
  public interface Source {
    /// The widest tile that is known at this place: its hashes one after the other.
    ///
    /// @throws MissingNode if there is none
    byte[] tile(int level, long index);
  }
}

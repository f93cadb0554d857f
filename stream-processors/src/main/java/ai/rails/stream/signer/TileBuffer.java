package ai.rails.stream.signer;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.NodeHashes.MissingNode;
import ai.rails.domain.ledger.TileHashes;
import ai.rails.domain.ledger.TilePath;

/// The tiles of one log that say something about entries which are not signed yet: two a level, and
/// what lies beyond the newest head. What is signed needs no tile. One thread.
final class TileBuffer implements TileHashes.Source {
  private final Map<Place, Tile> tiles = new HashMap<>();

  private record Place(int level, long index) {
    /// How many entries of the log come before the end of this place's first `width` hashes.
    long covers(int width) {
      return ((index << TilePath.HEIGHT) + width) << (level * TilePath.HEIGHT);
    }

    /// The place of the tile on that level that the entry of this number falls into.
    static long indexOf(long entry, int level) {
      return entry >> ((level + 1) * TilePath.HEIGHT);
    }
  }

  /// @param offset of its record: reading must not begin after it
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way; never compared
  private record Tile(byte[] hashes, long offset) {
    int width() {
      return hashes.length / Merkle.HASH_BYTES;
    }
  }

  /// Keeps a tile if it is wider than the one that is there.
  ///
  /// @param signed size that is signed already
  void add(TilePath path, byte[] hashes, long offset, long signed) {
    var place = new Place(path.level(), path.index());
    Tile old = tiles.get(place);
    boolean wider = old == null || old.width() < path.width();
    if (wider && place.covers(path.width()) > signed) {
      tiles.put(place, new Tile(hashes, offset));
    }
  }

  @Override
  public byte[] tile(int level, long index) {
    Tile tile = tiles.get(new Place(level, index));
    if (tile == null) {
      throw new MissingNode("tile %d/%d is not here".formatted(level, index));
    }
    return tile.hashes;
  }

  Optional<byte[]> find(int level, long index) {
    return Optional.ofNullable(tiles.get(new Place(level, index))).map(Tile::hashes);
  }

  /// Drops what says nothing about entries after `signed`, and, where a head waits, what neither
  /// end of the way to it falls into.
  void drop(long signed, Optional<Long> head) {
    tiles
        .entrySet()
        .removeIf(entry -> {
          Place place = entry.getKey();
          return place.covers(entry.getValue().width()) <= signed
              || head.filter(size ->
                      place.index() > Place.indexOf(signed, place.level())
                          && place.index() < Place.indexOf(size, place.level()))
                  .isPresent();
        });
  }

  int size() {
    return tiles.size();
  }

  OptionalLong firstOffset() {
    return tiles.values().stream().mapToLong(Tile::offset).min();
  }
}

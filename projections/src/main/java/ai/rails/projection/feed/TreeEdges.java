package ai.rails.projection.feed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jooq.DSLContext;

import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.TilePath;
import ai.rails.projection.Entry;
import ai.rails.projection.checkpoint.Log;

import static ai.rails.projection.jooq.generated.Tables.TILE;

/// Grows the tiles of logs at their right edge, within the transaction that folds the entries. An
/// entry costs two hashes on average and a transaction one row a level, however long the log is.
final class TreeEdges {
  private final DSLContext sql;
  private final Map<String, Edge> edges = new TreeMap<>();

  TreeEdges(DSLContext sql) {
    this.sql = sql;
  }

  /// Adds an entry, which must be the log's next one.
  ///
  /// @throws IllegalStateException if the stored tiles do not end just before it
  void append(Entry entry, int epoch) {
    Log log = new Log(entry.tenant(), entry.workspace(), epoch);
    edges
        .computeIfAbsent(log.toString(), _ -> new Edge(sql, log, entry.position()))
        .append(0, entry.leafHash());
  }

  /// Writes the tiles that are not full yet; the full ones are written already.
  void save() {
    edges.values().forEach(Edge::save);
  }

  /// The last tile of each level.
  private static final class Edge {
    private final DSLContext sql;
    private final Log log;
    private final List<Tile> levels = new ArrayList<>();

    Edge(DSLContext sql, Log log, long next) {
      this.sql = sql;
      this.log = log;
      long hashes = next - 1;
      for (int level = 0; hashes > 0; level++) {
        levels.add(load(level, hashes));
        hashes /= TilePath.FULL;
      }
    }

    void append(int level, byte[] hash) {
      if (level == levels.size()) {
        levels.add(new Tile(0, 0, new byte[TilePath.FULL * Merkle.HASH_BYTES]));
      }
      Tile tile = levels.get(level);
      tile.add(hash);
      if (tile.width == TilePath.FULL) {
        write(level, tile);
        byte[] root = tile.root();
        tile.next();
        append(level + 1, root);
      }
    }

    void save() {
      for (int level = 0; level < levels.size(); level++) {
        if (levels.get(level).grown) {
          write(level, levels.get(level));
        }
      }
    }

    private Tile load(int level, long hashes) {
      long index = hashes / TilePath.FULL;
      int width = (int) (hashes % TilePath.FULL);
      byte[] room = new byte[TilePath.FULL * Merkle.HASH_BYTES];
      if (width > 0) {
        byte[] stored =
            sql.select(TILE.HASHES)
                .from(TILE)
                .where(
                    TILE.TENANT.eq(log.tenant()),
                    TILE.WORKSPACE.eq(log.workspace()),
                    TILE.EPOCH.eq(log.epoch()),
                    TILE.LEVEL.eq(level),
                    TILE.IDX.eq(index))
                .fetchOptional(TILE.HASHES)
                .orElse(new byte[0]);
        if (stored.length != width * Merkle.HASH_BYTES) {
          throw new IllegalStateException(
              "tile %d/%d of %s has %d hashes, not %d; the feed stops here"
                  .formatted(level, index, log, stored.length / Merkle.HASH_BYTES, width));
        }
        System.arraycopy(stored, 0, room, 0, stored.length);
      }
      return new Tile(index, width, room);
    }

    private void write(int level, Tile tile) {
      byte[] hashes = Arrays.copyOf(tile.hashes, tile.width * Merkle.HASH_BYTES);
      sql.insertInto(TILE)
          .set(TILE.TENANT, log.tenant())
          .set(TILE.WORKSPACE, log.workspace())
          .set(TILE.EPOCH, log.epoch())
          .set(TILE.LEVEL, level)
          .set(TILE.IDX, tile.index)
          .set(TILE.HASHES, hashes)
          .onConflict(TILE.TENANT, TILE.WORKSPACE, TILE.EPOCH, TILE.LEVEL, TILE.IDX)
          .doUpdate()
          .set(TILE.HASHES, hashes)
          .execute();
    }
  }

  /// A tile that grows.
  private static final class Tile {
    private final byte[] hashes;
    private long index;
    private int width;
    private boolean grown;

    Tile(long index, int width, byte[] hashes) {
      this.index = index;
      this.width = width;
      this.hashes = hashes;
    }

    void add(byte[] hash) {
      System.arraycopy(hash, 0, hashes, width * Merkle.HASH_BYTES, Merkle.HASH_BYTES);
      width++;
      grown = true;
    }

    /// Of the subtree that the full tile is.
    byte[] root() {
      var tree = new Frontier();
      for (int i = 0; i < width; i++) {
        int from = i * Merkle.HASH_BYTES;
        tree.append(Arrays.copyOfRange(hashes, from, from + Merkle.HASH_BYTES));
      }
      return tree.root();
    }

    /// Becomes the empty one to its right.
    void next() {
      index++;
      width = 0;
      grown = false;
    }
  }
}

package ai.rails.projection.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jooq.DSLContext;

import ai.rails.domain.ledger.NodeHashes;
import ai.rails.domain.ledger.TileHashes;

import static ai.rails.projection.jooq.generated.Tables.TILE;

/// A log's tiles, from their table. What was read is kept for the life of this object, up to 2 MB.
/// One thread at a time.
public final class StoredTiles implements TileHashes.Source {
  private static final int KEPT = 256;

  private final Query query;
  private final Log log;
  private final Map<Place, byte[]> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Place, byte[]> eldest) {
          return size() > KEPT;
        }
      };

  private record Place(int level, long index) {}

  /// Runs a query, in a transaction of its own or within one.
  public interface Query {
    <T> T run(Function<DSLContext, T> query);
  }

  public StoredTiles(Query query, Log log) {
    this.query = query;
    this.log = log;
  }

  /// Within a transaction.
  public static NodeHashes nodes(DSLContext sql, Log log) {
    Query within =
        new Query() {
          @Override
          public <T> T run(Function<DSLContext, T> query) {
            return query.apply(sql);
          }
        };
    return new TileHashes(new StoredTiles(within, log));
  }

  @Override
  public byte[] tile(int level, long index) {
    return kept.computeIfAbsent(
        new Place(level, index),
        place ->
            query
                .<Optional<byte[]>>run(sql -> find(sql, log, level, index))
                .orElseThrow(() ->
                    new NodeHashes.MissingNode(
                        "%s has no tile %d/%d".formatted(log, level, index))));
  }

  /// The hashes that the tile has by now.
  public static Optional<byte[]> find(DSLContext sql, Log log, int level, long index) {
    return sql.select(TILE.HASHES)
        .from(TILE)
        .where(
            TILE.TENANT.eq(log.tenant()),
            TILE.WORKSPACE.eq(log.workspace()),
            TILE.EPOCH.eq(log.epoch()),
            TILE.LEVEL.eq(level),
            TILE.IDX.eq(index))
        .fetchOptional(TILE.HASHES);
  }
}

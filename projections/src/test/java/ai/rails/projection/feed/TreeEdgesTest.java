package ai.rails.projection.feed;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.NodeHashes;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.TilePath;
import ai.rails.platform.postgres.Database;
import ai.rails.projection.Entry;
import ai.rails.projection.SampleRun;
import ai.rails.projection.TestLog;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.checkpoint.StoredTiles;
import ai.rails.projection.jooq.TestDatabase;
import ai.rails.schema.Recorded;

import static ai.rails.projection.jooq.generated.Tables.TILE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The table of tiles is the domain's tree, however the entries come.
class TreeEdgesTest {
  private static TestDatabase postgres;
  private static Database database;

  @BeforeAll
  static void start() throws Exception {
    postgres = TestDatabase.start();
    database = postgres.open();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
    postgres.close();
  }

  /// Sizes around the edges of tiles of the first three levels.
  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "2, 1",
    "255, 7",
    "256, 100",
    "257, 100",
    "511, 300",
    "512, 512",
    "513, 1",
    "1000, 333",
    "65535, 4000",
    "65536, 4000",
    "65537, 4000",
    "66049, 9000"
  })
  void tilesAreTheTree(int size, int mostAtOnce) {
    String workspace = "ws%d".formatted(size);
    Random random = new Random(size);
    Map<String, byte[]> expected = new HashMap<>();
    var tree = new Frontier();
    int done = 0;
    while (done < size) {
      int from = done;
      int to = Math.min(size, done + 1 + random.nextInt(mostAtOnce));
      for (int i = from; i < to; i++) {
        tree.append(hash(i), (level, index, hash) -> put(expected, level, index, hash));
      }
      append(workspace, from, to);
      done = to;
    }

    assertThat(stored(workspace)).containsExactlyInAnyOrderEntriesOf(text(expected));
    byte[] root = query(sql -> Proofs.root(nodes(sql, workspace), size));
    assertThat(root).isEqualTo(tree.root());
    for (int i = 0; i < 20; i++) {
      int index = random.nextInt(size);
      int old = random.nextInt(size + 1);
      List<byte[]> inclusion = query(sql -> Proofs.inclusion(nodes(sql, workspace), index, size));
      List<byte[]> consistency = query(sql -> Proofs.consistency(nodes(sql, workspace), old, size));
      byte[] oldRoot = query(sql -> Proofs.root(nodes(sql, workspace), old));
      assertThat(Proofs.includes(hash(index), index, size, inclusion, root)).isTrue();
      assertThat(Proofs.consistent(old, oldRoot, size, root, consistency)).isTrue();
    }
  }

  /// Only the right edge is touched: full tiles keep the transaction that wrote them.
  @Test
  void fullTilesAreWrittenOnce() {
    append("once", 0, 65_000);
    Map<String, String> before = versions("once");

    append("once", 65_000, 65_001);

    Map<String, String> after = versions("once");
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(
            after.keySet().stream()
                .filter(tile -> !Objects.equals(after.get(tile), before.get(tile))))
        .containsExactly("0/253");
  }

  @Test
  void tilesThatDoNotEndBeforeTheEntryStop() {
    append("gap", 0, 10);

    assertThatThrownBy(() -> append("gap", 11, 12))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has 10 hashes, not 11");
  }

  private static void put(Map<String, byte[]> tiles, int level, long index, byte[] hash) {
    if (level % TilePath.HEIGHT == 0) {
      tiles.merge(
          "%d/%d".formatted(level / TilePath.HEIGHT, index / TilePath.FULL),
          hash,
          TreeEdgesTest::join);
    }
  }

  private static byte[] join(byte[] tile, byte[] hash) {
    byte[] longer = Arrays.copyOf(tile, tile.length + hash.length);
    System.arraycopy(hash, 0, longer, tile.length, hash.length);
    return longer;
  }

  private static Map<String, String> text(Map<String, byte[]> tiles) {
    Map<String, String> text = new HashMap<>();
    tiles.forEach((name, hashes) -> text.put(name, Arrays.toString(hashes)));
    return text;
  }

  private static Map<String, String> stored(String workspace) {
    return query(sql ->
        sql.selectFrom(TILE)
            .where(TILE.WORKSPACE.eq(workspace))
            .fetchMap(
                row -> row.get(TILE.LEVEL) + "/" + row.get(TILE.IDX),
                row -> Arrays.toString(row.get(TILE.HASHES))));
  }

  private static Map<String, String> versions(String workspace) {
    return query(sql ->
        sql.fetch(
                "SELECT level || '/' || idx, xmin::text FROM projection.tile WHERE workspace = ?",
                workspace)
            .intoMap(row -> row.get(0, String.class), row -> row.get(1, String.class)));
  }

  private static NodeHashes nodes(DSLContext sql, String workspace) {
    return StoredTiles.nodes(sql, new Log("t1", workspace, 1));
  }

  private static void append(String workspace, int from, int to) {
    Recorded recorded = recorded(workspace);
    database.inTenant(
        "t1",
        connection -> {
          var edges = new TreeEdges(Folding.sql(connection));
          for (int i = from; i < to; i++) {
            edges.append(
                new Entry(
                    recorded.header(),
                    recorded.event(),
                    i + 1,
                    0,
                    new byte[0],
                    hash(i),
                    new byte[0]),
                1);
          }
          edges.save();
          return 0;
        });
  }

  private static Recorded recorded(String workspace) {
    var log = new TestLog("t1", workspace);
    return TestLog.EVENTS.decode(log.record(new SampleRun("r1").triggered()).event());
  }

  private static byte[] hash(int i) {
    return Merkle.leaf(ByteBuffer.allocate(4).putInt(i).array());
  }

  private static <T> T query(java.util.function.Function<DSLContext, T> query) {
    return database.inTenant("t1", connection -> query.apply(Folding.sql(connection)));
  }
}

package ai.rails.app.bench;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HexFormat;

import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.GrowingTree.Tile;
import ai.rails.domain.ledger.LedgerRow;

/// The read side's tables, filled by COPY: folding a million entries would take an hour.
final class EntryRows implements AutoCloseable {
  private static final HexFormat HEX = HexFormat.of();
  private final CopyIn copy;
  private final String log;

  EntryRows(Connection connection, String tenant, String workspace) throws SQLException {
    this.log = tenant + "\t" + workspace;
    this.copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn(
                """
                COPY projection.entry (tenant, workspace, position, entry_type, event_id,
                  stream_type, stream_id, actor_kind, actor_id, run, workflow, recorded_at, leaf,
                  event) FROM STDIN\
                """);
  }

  void add(LedgerRow row, byte[] leaf) throws SQLException {
    String run = row.run().orElseThrow();
    String line =
        String.join(
            "\t",
            log,
            Long.toString(row.position()),
            row.type().name(),
            row.eventId(),
            "Run",
            run,
            "USER",
            "u-1",
            run,
            row.workflow().orElseThrow(),
            Long.toString(row.recordedAt()),
            "\\\\x" + HEX.formatHex(leaf),
            "\\\\x" + HEX.formatHex(row.bytes()));
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.US_ASCII);
    copy.writeToCopy(bytes, 0, bytes.length);
  }

  /// Tiles and the checkpoint over all of it.
  static void finish(Connection connection, BenchLog log, Note note) throws SQLException {
    try (PreparedStatement tile =
            connection.prepareStatement("INSERT INTO projection.tile VALUES (?, ?, ?, ?, ?)");
        PreparedStatement checkpoint =
            connection.prepareStatement(
                "INSERT INTO projection.checkpoint VALUES (?, ?, ?, ?, ?, true, 0, 0)")) {
      for (Tile each : log.tiles()) {
        tile.setString(1, log.origin().tenant());
        tile.setString(2, log.origin().workspace());
        tile.setInt(3, each.path().level());
        tile.setLong(4, each.path().index());
        tile.setBytes(5, each.hashes());
        tile.addBatch();
      }
      int[] _ = tile.executeBatch();
      checkpoint.setString(1, log.origin().tenant());
      checkpoint.setString(2, log.origin().workspace());
      checkpoint.setLong(3, log.head().size());
      checkpoint.setBytes(4, log.root());
      checkpoint.setBytes(5, note.bytes());
      int _ = checkpoint.executeUpdate();
    }
    try (var statement = connection.createStatement()) {
      boolean _ = statement.execute("ANALYZE projection.entry");
    }
  }

  @Override
  public void close() throws SQLException {
    long _ = copy.endCopy();
  }
}

package ai.rails.app.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.GrowingTree.Tile;
import ai.rails.domain.ledger.LedgerRow;

/// The read side's tables of one log, filled a thousand rows at a time: folding a million entries
/// would take an hour.
final class EntryRows implements AutoCloseable {
  private static final int AT_ONCE = 1_000;
  private static final String INSERT =
      """
      INSERT INTO projection.entry (tenant, workspace, position, entry_type, event_id, stream_type,
        stream_id, actor_kind, actor_id, run, workflow, recorded_at, leaf, event)
      SELECT ?, ?, position, entry_type, event_id, 'Run', run, 'USER', 'u-1', run,
             'incident-triage', recorded_at, leaf, event
        FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bytea[], ?::bytea[])
             AS row (position, entry_type, event_id, run, recorded_at, leaf, event)\
      """;

  private final Connection connection;
  private final PreparedStatement insert;
  private final String tenant;
  private final String workspace;
  private final List<LedgerRow> rows = new ArrayList<>();
  private final List<byte[]> leaves = new ArrayList<>();

  EntryRows(Connection connection, String tenant, String workspace) throws SQLException {
    this.connection = connection;
    this.insert = connection.prepareStatement(INSERT);
    this.tenant = tenant;
    this.workspace = workspace;
  }

  void add(LedgerRow row, byte[] leaf) throws SQLException {
    rows.add(row);
    leaves.add(leaf);
    if (rows.size() == AT_ONCE) {
      write();
    }
  }

  private void write() throws SQLException {
    insert.setString(1, tenant);
    insert.setString(2, workspace);
    array(3, "bigint", rows.stream().map(LedgerRow::position).toArray());
    array(4, "text", rows.stream().map(row -> row.type().name()).toArray());
    array(5, "text", rows.stream().map(LedgerRow::eventId).toArray());
    array(6, "text", rows.stream().map(row -> row.run().orElseThrow()).toArray());
    array(7, "bigint", rows.stream().map(LedgerRow::recordedAt).toArray());
    array(8, "bytea", leaves.toArray(byte[][]::new));
    array(9, "bytea", rows.stream().map(LedgerRow::bytes).toArray(byte[][]::new));
    int _ = insert.executeUpdate();
    rows.clear();
    leaves.clear();
  }

  private void array(int parameter, String type, Object[] values) throws SQLException {
    insert.setArray(parameter, connection.createArrayOf(type, values));
  }

  /// What is left of the rows, the log's tiles and the checkpoint over all of it.
  void finish(BenchLog log, Note note) throws SQLException {
    write();
    try (PreparedStatement tile =
            connection.prepareStatement(
                """
                INSERT INTO projection.tile (tenant, workspace, epoch, level, idx, hashes)
                VALUES (?, ?, 1, ?, ?, ?)\
                """);
        PreparedStatement checkpoint =
            connection.prepareStatement(
                """
                INSERT INTO projection.checkpoint (tenant, workspace, epoch, size, root, note,
                  cosigned, signed_at, cosigned_at)
                VALUES (?, ?, 1, ?, ?, ?, true, 0, 0)\
                """);
        var analyze = connection.createStatement()) {
      for (Tile each : log.tiles()) {
        tile.setString(1, tenant);
        tile.setString(2, workspace);
        tile.setInt(3, each.path().level());
        tile.setLong(4, each.path().index());
        tile.setBytes(5, each.hashes());
        tile.addBatch();
      }
      int[] _ = tile.executeBatch();
      checkpoint.setString(1, tenant);
      checkpoint.setString(2, workspace);
      checkpoint.setLong(3, log.head().size());
      checkpoint.setBytes(4, log.root());
      checkpoint.setBytes(5, note.bytes());
      int _ = checkpoint.executeUpdate();
      boolean _ = analyze.execute("ANALYZE projection.entry");
    }
  }

  @Override
  public void close() throws SQLException {
    insert.close();
  }
}

package ai.rails.stream.signer;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.common.TopicPartition;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.CompactRange;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// The signer's memory in PostgreSQL, in a database of its own. Thread-safe.
final class PostgresCheckpoints implements CheckpointStore {
  private static final String COLUMNS =
      "origin, size, root, note, tree, previous_size, previous_tree, step, version, frozen";
  private static final String INSERT =
      """
      INSERT INTO ledger_checkpoint
        (size, root, note, tree, previous_size, previous_tree, step, version, published, origin)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, false, ?) ON CONFLICT DO NOTHING\
      """;
  private static final String UPDATE =
      """
      UPDATE ledger_checkpoint
         SET size = ?, root = ?, note = ?, tree = ?, previous_size = ?, previous_tree = ?, step = ?,
             version = ?, published = false
       WHERE origin = ? AND version = ? AND frozen IS NULL\
      """;

  private final Database database;

  /// @param database closed with this
  PostgresCheckpoints(Database database) {
    this.database = database;
  }

  @Override
  public List<Signed> sign(Collection<String> origins, Decide decide) {
    return confirmed(connection -> {
      Map<String, Signed> rows = locked(connection, origins);
      List<Signed> next = decide.sign(rows);
      write(connection, next);
      return next;
    });
  }

  @Override
  public Optional<Signed> find(String origin) {
    return confirmed(connection ->
        Sql.one(
            connection,
            "SELECT %s FROM ledger_checkpoint WHERE origin = ?".formatted(COLUMNS),
            PostgresCheckpoints::row,
            origin));
  }

  @Override
  public List<Signed> ofWorkspace(Origin origin) {
    String name = origin.toString();
    return confirmed(connection ->
        Sql.all(
            connection,
            "SELECT %s FROM ledger_checkpoint WHERE starts_with(origin, ?)".formatted(COLUMNS),
            PostgresCheckpoints::row,
            name.substring(0, name.lastIndexOf('/') + 1)));
  }

  @Override
  public void freeze(String origin, String why) {
    confirmed(connection ->
        Sql.execute(
            connection,
            "UPDATE ledger_checkpoint SET frozen = ? WHERE origin = ? AND frozen IS NULL",
            why,
            origin));
  }

  @Override
  public List<Signed> unpublished() {
    return confirmed(connection ->
        Sql.all(
            connection,
            "SELECT %s FROM ledger_checkpoint WHERE NOT published ORDER BY origin"
                .formatted(COLUMNS),
            PostgresCheckpoints::row));
  }

  @Override
  public void published(Map<String, Long> sizes, Map<TopicPartition, Long> next) {
    confirmed(connection -> {
      try (PreparedStatement row =
          connection.prepareStatement(
              "UPDATE ledger_checkpoint SET published = true WHERE origin = ? AND size = ?")) {
        for (var size : sizes.entrySet()) {
          row.setString(1, size.getKey());
          row.setLong(2, size.getValue());
          row.addBatch();
        }
        row.executeBatch();
      }
      for (var partition : next.entrySet()) {
        Sql.execute(
            connection,
            """
            INSERT INTO checkpoint_topic VALUES (?, ?, ?)
            ON CONFLICT (topic, part) DO UPDATE SET next_offset = excluded.next_offset\
            """,
            partition.getKey().topic(),
            partition.getKey().partition(),
            partition.getValue());
      }
      return next.size();
    });
  }

  @Override
  public void cosigned(Map<String, Instant> times) {
    confirmed(connection -> {
      try (PreparedStatement row =
          connection.prepareStatement(
              "UPDATE ledger_checkpoint SET cosigned_at = ? WHERE origin = ?")) {
        for (var time : times.entrySet()) {
          row.setObject(1, time.getValue().atOffset(ZoneOffset.UTC));
          row.setString(2, time.getKey());
          row.addBatch();
        }
        return row.executeBatch().length;
      }
    });
  }

  @Override
  public Optional<Long> knownUpTo(TopicPartition partition) {
    return confirmed(connection ->
        Sql.one(
            connection,
            "SELECT next_offset FROM checkpoint_topic WHERE topic = ? AND part = ?",
            row -> row.getLong(1),
            partition.topic(),
            partition.partition()));
  }

  @Override
  public List<String> notCosignedSince(Instant time, int limit) {
    return confirmed(connection ->
        Sql.all(
            connection,
            """
            SELECT origin FROM ledger_checkpoint
             WHERE (cosigned_at IS NULL OR cosigned_at < ?) AND frozen IS NULL
             ORDER BY cosigned_at NULLS FIRST LIMIT ?\
            """,
            row -> row.getString(1),
            time.atOffset(ZoneOffset.UTC),
            limit));
  }

  @Override
  public void close() {
    database.close();
  }

  /// In the order of the origins, so that two signers wait for each other and never in a circle.
  private static Map<String, Signed> locked(Connection connection, Collection<String> origins)
      throws SQLException {
    Map<String, Signed> rows = new LinkedHashMap<>();
    Array names = connection.createArrayOf("text", origins.toArray());
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT %s FROM ledger_checkpoint WHERE origin = ANY (?) ORDER BY origin FOR UPDATE"
                .formatted(COLUMNS))) {
      statement.setArray(1, names);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Signed signed = row(row);
          rows.put(signed.origin(), signed);
        }
      }
    } finally {
      names.free();
    }
    return rows;
  }

  private static void write(Connection connection, List<Signed> next) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT);
        PreparedStatement update = connection.prepareStatement(UPDATE)) {
      int inserts = 0;
      int updates = 0;
      for (Signed signed : next) {
        if (signed.version() == 1) {
          set(insert, signed);
          insert.addBatch();
          inserts++;
        } else {
          set(update, signed);
          update.setLong(10, signed.version() - 1);
          update.addBatch();
          updates++;
        }
      }
      requireEach(insert, inserts);
      requireEach(update, updates);
    }
  }

  private static void set(PreparedStatement statement, Signed signed) throws SQLException {
    statement.setLong(1, signed.size());
    statement.setBytes(2, signed.checkpoint().root());
    statement.setBytes(3, signed.note().bytes());
    statement.setBytes(4, bytes(signed.tree()));
    statement.setLong(5, signed.previous().to());
    statement.setBytes(6, bytes(signed.previous()));
    statement.setBytes(7, bytes(signed.step()));
    statement.setLong(8, signed.version());
    statement.setString(9, signed.origin());
  }

  private static void requireEach(PreparedStatement statement, int count) throws SQLException {
    if (count == 0) {
      return;
    }
    for (int changed : statement.executeBatch()) {
      if (changed != 1) {
        throw new SQLException("another signer has signed the same log", "40001");
      }
    }
  }

  private static Signed row(ResultSet row) throws SQLException {
    Note note = Note.parse(row.getBytes("note"));
    long size = row.getLong("size");
    long previous = row.getLong("previous_size");
    return new Signed(
        new Checkpoint(row.getString("origin"), size, row.getBytes("root")),
        note,
        CompactRange.of(0, size, hashes(row.getBytes("tree"))),
        CompactRange.of(0, previous, hashes(row.getBytes("previous_tree"))),
        CompactRange.of(previous, size, hashes(row.getBytes("step"))),
        row.getLong("version"),
        Optional.ofNullable(row.getString("frozen")));
  }

  private static byte[] bytes(CompactRange range) {
    List<byte[]> hashes = range.hashes();
    ByteBuffer out = ByteBuffer.allocate(hashes.size() * Merkle.HASH_BYTES);
    hashes.forEach(out::put);
    return out.array();
  }

  private static List<byte[]> hashes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    var hashes = new ArrayList<byte[]>();
    while (in.hasRemaining()) {
      byte[] hash = new byte[Merkle.HASH_BYTES];
      in.get(hash);
      hashes.add(hash);
    }
    return hashes;
  }

  private <T> T confirmed(Database.Work<T> work) {
    try {
      return database.inTransaction(work);
    } catch (Unavailable e) {
      throw new StoreFailed("the signer's database did not confirm", e);
    }
  }
}

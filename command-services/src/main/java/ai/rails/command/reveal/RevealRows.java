package ai.rails.command.reveal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;

/// Reveals on their way, and what workers sealed for them.
public final class RevealRows {
  private static final String SWEEP =
      "DELETE FROM reveal WHERE expires_at < clock_timestamp() - interval '15 min'";
  private static final String INSERT =
      """
      INSERT INTO reveal (tenant, reveal, run, subject, hour, public_key, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String FIND =
      """
      SELECT run, subject, hour, public_key, expires_at, sealed, worker FROM reveal
       WHERE tenant = ? AND reveal = ?
      """;
  private static final String SEAL =
      """
      UPDATE reveal SET sealed = ?, worker = ?, answered_at = clock_timestamp()
       WHERE tenant = ? AND reveal = ? AND sealed IS NULL AND expires_at > ?
      """;
  private static final String ERASE = "DELETE FROM reveal WHERE tenant = ? AND run = ?";

  private RevealRows() {}

  /// One reveal.
  ///
  /// @param hour the stream in which it was granted
  /// @param sealed to the person's key, once a worker has
  @SuppressWarnings("ArrayRecordComponent") // never changed, never compared
  public record Row(
      String tenant,
      String reveal,
      String run,
      String subject,
      String hour,
      byte[] publicKey,
      Instant expiresAt,
      Optional<byte[]> sealed,
      Optional<String> worker) {}

  static void insert(Connection c, Row row) throws SQLException {
    Sql.execute(
        c,
        INSERT,
        row.tenant(),
        UUID.fromString(row.reveal()),
        row.run(),
        row.subject(),
        row.hour(),
        row.publicKey(),
        Timestamp.from(row.expiresAt()));
  }

  /// @throws Refused with NOT_FOUND if the id is none
  public static Optional<Row> find(Connection c, String tenant, String reveal) throws SQLException {
    return Sql.one(
        c,
        FIND,
        row ->
            new Row(
                tenant,
                reveal,
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getBytes(4),
                row.getTimestamp(5).toInstant(),
                maybe(row.getBytes(6)),
                maybe(row.getString(7))),
        tenant,
        id(reveal));
  }

  /// Keeps what a worker sealed, once and in time.
  ///
  /// @return whether it was the first, and in time
  public static boolean seal(
      Connection c, String tenant, String reveal, String worker, byte[] sealed, Instant now)
      throws SQLException {
    return Sql.execute(c, SEAL, sealed, worker, tenant, id(reveal), Timestamp.from(now)) == 1;
  }

  /// Takes away what was sealed for anybody a quarter of an hour ago and longer.
  public static void sweep(Database database) {
    int _ = database.acrossTenants(Errand.SWEEP, c -> Sql.execute(c, SWEEP));
  }

  /// Takes away what was sealed for people of a run that is erased.
  public static void erase(Connection c, String tenant, String run) throws SQLException {
    Sql.execute(c, ERASE, tenant, run);
  }

  private static UUID id(String reveal) {
    Limits.requireId("reveal", reveal);
    try {
      return UUID.fromString(reveal);
    } catch (IllegalArgumentException e) {
      throw new Refused(Refused.Code.NOT_FOUND, "there is no reveal " + reveal);
    }
  }

  private static <T> Optional<T> maybe(@Nullable T value) {
    return Optional.ofNullable(value);
  }
}

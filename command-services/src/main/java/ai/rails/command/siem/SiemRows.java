package ai.rails.command.siem;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import ai.rails.platform.http.Problem;
import ai.rails.platform.postgres.Sql;

/// What is still to be done at the brokers for each subscriber, and the sealed password for whom it
/// was made. One row a subscriber, the last act only: acts are repeated until they are done, and an
/// act that was overtaken is not worth doing.
final class SiemRows {
  /// Most subscribers of a tenant at a time.
  static final int SUBSCRIBERS = 32;

  private static final int AT_ONCE = 64;
  private static final String ASK =
      """
      INSERT INTO siem_subscriber (tenant, name, act, generation, recipient, asked_at)
      VALUES (?, ?, ?, ?, ?, clock_timestamp())
      ON CONFLICT (tenant, name) DO UPDATE
        SET act = excluded.act,
            generation = siem_subscriber.generation + excluded.generation,
            recipient = excluded.recipient,
            sealed = NULL,
            done = false,
            asked_at = excluded.asked_at\
      """;
  private static final String OPEN =
      """
      SELECT tenant, name, act, generation, recipient FROM siem_subscriber
       WHERE NOT done ORDER BY asked_at LIMIT ?\
      """;
  private static final String DONE =
      """
      UPDATE siem_subscriber SET done = true, sealed = ?
       WHERE tenant = ? AND name = ? AND act = ? AND generation = ? AND NOT done\
      """;
  private static final String STANDING =
      "SELECT act, generation, done, sealed FROM siem_subscriber WHERE tenant = ? AND name = ?";
  private static final String GRANTED =
      "SELECT count(*) FROM siem_subscriber WHERE tenant = ? AND act <> 'REVOKE'";

  private SiemRows() {}

  /// What is to be done.
  enum Act {
    GRANT,
    ROTATE,
    REVOKE
  }

  /// @param recipient public keyset to which the password is to be sealed, base64; empty with
  ///   REVOKE
  record Work(String tenant, String name, Act act, int generation, String recipient) {}

  /// @param sealed the password, for whoever has the recipient's key; base64
  record Standing(Act act, int generation, boolean done, Optional<String> sealed) {}

  /// Counts generations as the events do.
  static void ask(Connection connection, String tenant, String name, Act act, byte[] recipient)
      throws SQLException {
    int further = act == Act.REVOKE ? 0 : 1;
    if (act == Act.GRANT) {
      long granted = Sql.one(connection, GRANTED, row -> row.getLong(1), tenant).orElse(0L);
      if (granted >= SUBSCRIBERS) {
        throw Problem.invalid(
            "a tenant has at most %d SIEM subscribers; revoke one".formatted(SUBSCRIBERS));
      }
    }
    Sql.execute(connection, ASK, tenant, name, act.name(), further, recipient);
  }

  static List<Work> open(Connection connection) throws SQLException {
    return Sql.all(connection, OPEN, SiemRows::work, AT_ONCE);
  }

  /// Does nothing if a later act has been asked for in the meantime.
  static void done(
      Connection connection, String tenant, String name, Act act, int generation, byte[] sealed)
      throws SQLException {
    Sql.execute(connection, DONE, sealed, tenant, name, act.name(), generation);
  }

  static Optional<Standing> standing(Connection connection, String tenant, String name)
      throws SQLException {
    return Sql.one(
        connection,
        STANDING,
        row ->
            new Standing(
                Act.valueOf(row.getString(1)),
                row.getInt(2),
                row.getBoolean(3),
                Optional.ofNullable(row.getBytes(4))
                    .filter(bytes -> bytes.length > 0)
                    .map(bytes -> Base64.getEncoder().encodeToString(bytes))),
        tenant,
        name);
  }

  private static Work work(ResultSet row) throws SQLException {
    return new Work(
        row.getString(1),
        row.getString(2),
        Act.valueOf(row.getString(3)),
        row.getInt(4),
        Base64.getEncoder().encodeToString(row.getBytes(5)));
  }
}

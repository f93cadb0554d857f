package ai.rails.command.runner;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

import ai.rails.domain.Refused;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.keys.RunnerCard;
import ai.rails.platform.postgres.Sql;

/// Registered runners: their cards, and when they were last seen.
public final class RunnerRows {
  /// One that has not asked for so long is away; a runner asks several times in a second.
  private static final int AWAY_SECONDS = 30;

  private static final String REGISTER =
      """
      INSERT INTO runner (tenant, runner, workspace, environment, certificate, hpke_public, signature,
        tls_key_sha256)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (tenant, runner) DO UPDATE
        SET certificate = excluded.certificate, hpke_public = excluded.hpke_public,
            signature = excluded.signature, tls_key_sha256 = excluded.tls_key_sha256,
            revoked = false
      WHERE runner.workspace = excluded.workspace AND runner.environment = excluded.environment
      """;
  private static final String REVOKE =
      "UPDATE runner SET revoked = true WHERE tenant = ? AND workspace = ? AND runner = ?";
  private static final String CARD =
      """
      SELECT certificate, hpke_public, signature FROM runner
       WHERE tenant = ? AND runner = ? AND workspace = ? AND environment = ? AND NOT revoked
      """;
  private static final String PRESENT =
      """
      SELECT 1 FROM runner
       WHERE tenant = ? AND runner = ? AND workspace = ? AND environment = ? AND NOT revoked
         AND seen_at > clock_timestamp() - ? * interval '1 second'
      """;
  private static final String ADMITTED =
      """
      SELECT 1 FROM runner
       WHERE tenant = ? AND runner = ? AND workspace = ? AND environment = ? AND NOT revoked
         AND tls_key_sha256 = ?
      """;
  private static final String SEEN =
      """
      UPDATE runner SET seen_at = clock_timestamp()
       WHERE tenant = ? AND runner = ?
         AND (seen_at IS NULL OR seen_at < clock_timestamp() - interval '5 seconds')
      """;

  private RunnerRows() {}

  /// @throws Refused with ALREADY_EXISTS if the name is another workspace's or environment's
  static void register(Connection c, RunnerIdentity who, RunnerCard card, String tlsKeySha256)
      throws SQLException {
    int rows =
        Sql.execute(
            c,
            REGISTER,
            who.tenant(),
            who.runner(),
            who.workspace(),
            who.environment(),
            card.certificate(),
            card.hpkePublicKey(),
            card.signature(),
            tlsKeySha256);
    if (rows == 0) {
      throw new Refused(
          Refused.Code.ALREADY_EXISTS,
          "runner %s is of another workspace or environment; choose another name"
              .formatted(who.runner()));
    }
  }

  /// @throws Refused with NOT_FOUND
  static void revoke(Connection c, String tenant, String workspace, String runner)
      throws SQLException {
    if (Sql.execute(c, REVOKE, tenant, workspace, runner) == 0) {
      throw new Refused(Refused.Code.NOT_FOUND, "there is no runner %s".formatted(runner));
    }
  }

  /// The card of a runner that has not been revoked.
  public static Optional<RunnerCard> card(
      Connection c, String tenant, String runner, String workspace, String environment)
      throws SQLException {
    return Sql.one(
        c,
        CARD,
        row -> new RunnerCard(row.getString(1), row.getString(2), row.getString(3)),
        tenant,
        runner,
        workspace,
        environment);
  }

  /// Whether a runner is registered for this place and has asked for calls lately.
  public static boolean present(
      Connection c, String tenant, String runner, String workspace, String environment)
      throws SQLException {
    return Sql.one(
            c, PRESENT, row -> row.getInt(1), tenant, runner, workspace, environment, AWAY_SECONDS)
        .isPresent();
  }

  /// Whether who asks is the runner that was registered, with the key of its card.
  static boolean admitted(Connection c, RunnerIdentity who, String tlsKeySha256)
      throws SQLException {
    return Sql.one(
            c,
            ADMITTED,
            row -> row.getInt(1),
            who.tenant(),
            who.runner(),
            who.workspace(),
            who.environment(),
            tlsKeySha256)
        .isPresent();
  }

  static void seen(Connection c, RunnerIdentity who) throws SQLException {
    int _ = Sql.execute(c, SEEN, who.tenant(), who.runner());
  }
}

package ai.rails.app.embedded;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/// The signer's own database and role, beside the product's on the same server: nobody else logs in
/// to it, and its role sees nothing of the product's. In production it is another server.
public final class SignerDatabase {
  private static final String NAME = "signer";
  private static final String USER = "airails_signer";
  private static final String PASSWORD = "signer.postgres.password";

  private SignerDatabase() {}

  /// What the signer is told.
  public static Map<String, String> properties(int port, Secrets secrets) {
    return Map.of(
        "signer.postgres.host",
        "127.0.0.1",
        "signer.postgres.port",
        String.valueOf(port),
        "signer.postgres.database",
        NAME,
        "signer.postgres.user",
        USER,
        PASSWORD,
        secrets.of(PASSWORD));
  }

  /// Makes what is missing.
  static void ensure(Connection connection, Secrets secrets) throws SQLException {
    PostgresRoles.ensureRole(connection, USER, "NOREPLICATION", secrets.of(PASSWORD));
    if (!PostgresRoles.exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", NAME)) {
      PostgresRoles.run(
          connection, "SELECT format('CREATE DATABASE %I OWNER %I', ?, ?)", NAME, USER);
    }
    PostgresRoles.run(
        connection, "SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', ?)", NAME);
  }
}

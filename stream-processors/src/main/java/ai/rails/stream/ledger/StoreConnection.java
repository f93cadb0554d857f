package ai.rails.stream.ledger;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// Reads the store as the relay may.
final class StoreConnection {
  private StoreConnection() {}

  /// @param config `postgres.*` with the password of `postgres.cdc`
  static Connection open(Properties config) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                config.getProperty("postgres.host"),
                config.getProperty("postgres.port"),
                config.getProperty("postgres.database")),
        config.getProperty("postgres.cdc.user"),
        config.getProperty("postgres.cdc.password"));
  }
}

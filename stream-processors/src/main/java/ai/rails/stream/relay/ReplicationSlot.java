package ai.rails.stream.relay;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/// The place in PostgreSQL's log from which the relay reads. It is made before the first command is
/// accepted: rows that were written earlier never leave through it.
final class ReplicationSlot {
  private ReplicationSlot() {}

  /// Makes the slot if there is none, in a transaction of its own: PostgreSQL refuses it in one
  /// that has written.
  ///
  /// @param connector the resolved configuration of the connector
  static void ensure(Map<String, String> connector) throws SQLException {
    try (Connection connection = connect(connector)) {
      String slot = setting(connector, "slot.name");
      if (!exists(connection, slot)) {
        create(connection, slot);
      }
    }
  }

  private static boolean exists(Connection connection, String slot) throws SQLException {
    String sql = "SELECT 1 FROM pg_replication_slots WHERE slot_name = ?";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, slot);
      try (ResultSet rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }

  private static void create(Connection connection, String slot) throws SQLException {
    String sql = "SELECT pg_create_logical_replication_slot(?, 'pgoutput')";
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      query.setString(1, slot);
      query.execute();
    }
  }

  private static Connection connect(Map<String, String> connector) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                setting(connector, "database.hostname"),
                setting(connector, "database.port"),
                setting(connector, "database.dbname")),
        setting(connector, "database.user"),
        setting(connector, "database.password"));
  }

  private static String setting(Map<String, String> connector, String key) {
    String value = connector.get(key);
    if (value == null) {
      throw new IllegalStateException("outbox.properties has no " + key);
    }
    return value;
  }
}

package ai.rails.app;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

import org.jspecify.annotations.Nullable;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.PostgresRoles;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;

/// A PostgreSQL that somebody else started and will stop. Its database and roles must be there, and
/// it must write its log for replication.
final class PostgresElsewhere implements Stage {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String CONNECT_SECONDS = "2";

  private volatile @Nullable EffectiveProperties properties;

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public void start(EffectiveProperties effective) {
    properties = effective;
    if (!Wait.until(PATIENCE, () -> health().startsWith("up"))) {
      throw new Unavailable(health() + "; docs/operating.md says what it needs");
    }
    for (PostgresRoles role : PostgresRoles.values()) {
      try (Connection connection = connect(effective, role)) {
        require(connection, role);
      } catch (SQLException e) {
        throw new Unavailable(
            "PostgreSQL lets %s not in: %s; docs/operating.md says what it needs"
                .formatted(role.user(), e.getMessage()),
            e);
      }
    }
  }

  private static void require(Connection connection, PostgresRoles role) throws SQLException {
    if (!one(connection, "SHOW wal_level").equals("logical")) {
      throw new Unavailable(
          "PostgreSQL's wal_level is not logical, so no event would leave it; set it and restart"
              + " PostgreSQL");
    }
    if (one(
            connection,
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        .equals("t")) {
      throw new Unavailable(
          "role %s passes row-level security, which keeps tenants apart; run: ALTER ROLE %s"
                  .formatted(role.user(), role.user())
              + " NOSUPERUSER NOBYPASSRLS");
    }
    boolean replicates =
        one(connection, "SELECT rolreplication FROM pg_roles WHERE rolname = current_user")
            .equals("t");
    if (role == PostgresRoles.CDC && !replicates) {
      throw new Unavailable(
          "role %s may not replicate; run: ALTER ROLE %s REPLICATION"
              .formatted(role.user(), role.user()));
    }
  }

  private static String one(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getString(1) : "";
    }
  }

  private static Connection connect(EffectiveProperties properties, PostgresRoles role)
      throws SQLException {
    Properties login = new Properties();
    login.setProperty("user", properties.require(role.userKey()));
    login.setProperty("password", properties.require(role.passwordKey()));
    login.setProperty("connectTimeout", CONNECT_SECONDS);
    login.setProperty("socketTimeout", CONNECT_SECONDS);
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%s/%s"
            .formatted(
                properties.require("postgres.host"),
                properties.require("postgres.port"),
                properties.require("postgres.database")),
        login);
  }

  @Override
  public void stop() {
    properties = null;
  }

  @Override
  public String health() {
    EffectiveProperties effective = properties;
    if (effective == null) {
      return "down: not started";
    }
    try (Connection connection = connect(effective, PostgresRoles.APP)) {
      return connection.isValid(2) ? "up (elsewhere)" : "down: PostgreSQL does not answer";
    } catch (SQLException e) {
      return "down: " + e.getMessage();
    }
  }
}

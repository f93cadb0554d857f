package ai.rails.app.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// Who logs in to PostgreSQL: the owner migrates, the others get what a migration grants them. None
/// of them sees past row-level security.
public enum PostgresRoles {
  OWNER("owner", "NOREPLICATION"),
  APP("app", "NOREPLICATION"),
  CDC("cdc", "REPLICATION"),
  READ("read", "NOREPLICATION");

  private final String shortName;
  private final String replication;

  PostgresRoles(String shortName, String replication) {
    this.shortName = shortName;
    this.replication = replication;
  }

  public String user() {
    return "airails_" + shortName;
  }

  public String userKey() {
    return "postgres." + shortName + ".user";
  }

  public String passwordKey() {
    return "postgres." + shortName + ".password";
  }

  /// Makes what is missing and sets what an earlier version set differently.
  static void ensure(Connection connection, String database, Secrets secrets) throws SQLException {
    for (PostgresRoles role : values()) {
      role.ensure(connection, secrets.of(role.passwordKey()));
    }
    if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", database)) {
      run(connection, "SELECT format('CREATE DATABASE %I OWNER %I', ?, ?)", database, OWNER.user());
    }
    for (String closed : List.of(database, "postgres", "template1")) {
      run(connection, "SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', ?)", closed);
    }
    for (PostgresRoles role : values()) {
      run(
          connection,
          "SELECT format('GRANT CONNECT ON DATABASE %I TO %I', ?, ?)",
          database,
          role.user());
    }
    SignerDatabase.ensure(connection, secrets);
  }

  private void ensure(Connection connection, String password) throws SQLException {
    ensureRole(connection, user(), replication, password);
  }

  static void ensureRole(Connection connection, String user, String replication, String password)
      throws SQLException {
    if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", user)) {
      run(connection, "SELECT format('CREATE ROLE %I', ?)", user);
    }
    run(
        connection,
        "SELECT format('ALTER ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE "
            + replication
            + " PASSWORD %L', ?, ?)",
        user,
        password);
  }

  static boolean exists(Connection connection, String query, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /// Commands about roles and databases take no parameters: PostgreSQL itself quotes them here.
  static void run(Connection connection, String format, String... names) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(format);
        Statement command = connection.createStatement()) {
      for (int i = 0; i < names.length; i++) {
        statement.setString(i + 1, names[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        command.execute(row.getString(1));
      }
    }
  }
}

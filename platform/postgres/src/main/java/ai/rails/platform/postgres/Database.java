package ai.rails.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import ai.rails.platform.http.Unavailable;

/// A pool of connections, logged in as one role, and the transaction over it. Thread-safe.
public final class Database implements AutoCloseable {
  private static final Duration CONNECTION_WAIT = Duration.ofSeconds(5);
  private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(30);

  private final HikariDataSource pool;

  private Database(HikariDataSource pool) {
    this.pool = pool;
  }

  /// Opens a pool.
  ///
  /// @param connections its size; more threads than these wait for at most five seconds
  public static Database open(PostgresConfig config, PostgresConfig.Role role, int connections) {
    PostgresConfig.Login login = config.login(role);
    var hikari = new HikariConfig();
    hikari.setPoolName("postgres-" + role.key());
    hikari.setJdbcUrl(config.url());
    hikari.setUsername(login.user());
    hikari.setPassword(login.password());
    hikari.setMaximumPoolSize(connections);
    hikari.setAutoCommit(false);
    hikari.setConnectionTimeout(CONNECTION_WAIT.toMillis());
    hikari.addDataSourceProperty("ApplicationName", "airails-" + role.key());
    hikari.addDataSourceProperty(
        "options", "-c statement_timeout=%d -c timezone=UTC".formatted(STATEMENT_LIMIT.toMillis()));
    return new Database(new HikariDataSource(hikari));
  }

  /// Runs the work in one transaction and commits it. Whatever the work throws rolls everything
  /// back and is passed on as it is.
  ///
  /// @throws Unavailable if the database fails or can not be reached
  public <T> T inTransaction(Work<T> work) {
    try (Connection connection = pool.getConnection()) {
      try {
        T result = work.run(connection);
        connection.commit();
        return result;
      } catch (Throwable e) {
        rollBack(connection, e);
        throw e;
      }
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  /// Lends a connection for a transaction that its taker ends; closing gives it back and rolls back
  /// what is open.
  ///
  /// @throws SQLException if none is free in five seconds or the database can not be reached
  public Connection connection() throws SQLException {
    return pool.getConnection();
  }

  /// How many connections are lent at the moment.
  public int lent() {
    return pool.getHikariPoolMXBean().getActiveConnections();
  }

  @Override
  public void close() {
    pool.close();
  }

  /// What a failure of the database is to a caller: nothing was changed, and it may try again.
  public static Unavailable unavailable(SQLException cause) {
    return new Unavailable(
        "PostgreSQL refused the transaction (SQL state %s); nothing was changed"
            .formatted(cause.getSQLState()),
        cause);
  }

  private static void rollBack(Connection connection, Throwable cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  /// What is done in a transaction.
  @FunctionalInterface
  public interface Work<T> {
    T run(Connection connection) throws SQLException;
  }
}

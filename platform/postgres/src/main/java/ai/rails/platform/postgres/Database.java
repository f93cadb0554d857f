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
    // A server that is gone without a word must not hold a thread for ever.
    hikari.addDataSourceProperty("connectTimeout", CONNECTION_WAIT.toSeconds());
    hikari.addDataSourceProperty("socketTimeout", STATEMENT_LIMIT.multipliedBy(2).toSeconds());
    hikari.addDataSourceProperty("tcpKeepAlive", true);
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

  /// What a failure of the database is to a caller. If it was the commit that failed, nobody knows
  /// whether it happened: the caller gives the same command again, which happens once.
  public static Unavailable unavailable(SQLException cause) {
    return new Unavailable(
        "PostgreSQL did not confirm the transaction (SQL state %s); give the same command again"
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

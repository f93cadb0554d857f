package ai.rails.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

import ai.rails.platform.http.Unavailable;

/// A pool of connections, logged in as one role, and the transaction over it. Thread-safe.
///
/// Rows of tenants are reached in a transaction that names its tenant, or its [Errand]: the name is
/// a setting that ends with the transaction, and PostgreSQL's row-level security compares it with
/// each row. A transaction that names neither is refused by the first table with a tenant column.
public final class Database implements AutoCloseable {
  private static final Duration CONNECTION_WAIT = Duration.ofSeconds(5);
  private static final Duration STATEMENT_LIMIT = Duration.ofSeconds(30);

  private static final String SET = "SELECT set_config(?, ?, true)";
  private static final String SNAPSHOT =
      "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY; ";
  private static final String TENANT = "airails.tenant";
  private static final String ERRAND = "airails.errand";

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

  /// Runs the work in one transaction that sees and makes rows of one tenant only.
  ///
  /// @throws IllegalArgumentException if the tenant is empty
  /// @throws Unavailable if the database fails or can not be reached
  public <T> T inTenant(String tenant, Work<T> work) {
    return inTransaction(connection -> {
      enter(connection, tenant);
      return work.run(connection);
    });
  }

  /// Runs the work in one transaction that sees of all tenants what its errand needs.
  ///
  /// @throws Unavailable if the database fails or can not be reached
  public <T> T acrossTenants(Errand errand, Work<T> work) {
    return inTransaction(connection -> {
      set(connection, SET, ERRAND, errand.word());
      return work.run(connection);
    });
  }

  /// Reads one state of a tenant's rows.
  ///
  /// @throws Unavailable if the database fails or can not be reached
  public <T> T inSnapshot(String tenant, Work<T> work) {
    return inTransaction(connection -> {
      set(connection, SNAPSHOT + SET, TENANT, required(tenant));
      return work.run(connection);
    });
  }

  /// Reads one state of what an errand may see of all tenants.
  ///
  /// @throws Unavailable if the database fails or can not be reached
  public <T> T inSnapshot(Errand errand, Work<T> work) {
    return inTransaction(connection -> {
      set(connection, SNAPSHOT + SET, ERRAND, errand.word());
      return work.run(connection);
    });
  }

  /// Binds a lent connection's transaction to a tenant.
  ///
  /// @throws IllegalArgumentException if the tenant is empty
  public static void enter(Connection connection, String tenant) throws SQLException {
    set(connection, SET, TENANT, required(tenant));
  }

  /// Runs a part of `home`'s transaction on another tenant's rows, for the few acts of one tenant's
  /// principal upon another: both commit together.
  public static <T> T visit(Connection connection, String tenant, String home, Work<T> work)
      throws SQLException {
    if (tenant.equals(home)) {
      return work.run(connection);
    }
    enter(connection, tenant);
    T result = work.run(connection);
    enter(connection, home);
    return result;
  }

  private static String required(String tenant) {
    if (tenant.isEmpty()) {
      throw new IllegalArgumentException("a transaction needs its tenant; the id is empty");
    }
    return tenant;
  }

  private static void set(Connection connection, String sql, String setting, String value)
      throws SQLException {
    try (PreparedStatement local = connection.prepareStatement(sql)) {
      local.setString(1, setting);
      local.setString(2, value);
      boolean _ = local.execute();
    }
  }

  /// Runs the work in one transaction and commits it. Whatever the work throws rolls everything
  /// back and is passed on as it is. For what belongs to no tenant; no table with a tenant column
  /// can be read or written in it.
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

package ai.rails.platform.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

import org.flywaydb.core.Flyway;

/// Brings the schema to this build's version, as the owner. Each part keeps a history of its own,
/// so that the projections can be dropped and made again while the store stays.
public final class Migrations {
  private Migrations() {}

  /// Migrates the write side's store from `db/store`.
  ///
  /// @return how many steps were taken; 0 when it was up to date
  /// @throws IllegalStateException if a table, view or role does not keep tenants apart
  public static int store(PostgresConfig config) {
    return keptApart(config, migrate(config, PostgresConfig.Role.OWNER, "store"));
  }

  /// Migrates the read side's tables from `db/projections`.
  ///
  /// @return how many steps were taken; 0 when they were up to date
  /// @throws IllegalStateException if a table, view or role does not keep tenants apart
  public static int projections(PostgresConfig config) {
    return keptApart(config, migrate(config, PostgresConfig.Role.OWNER, "projections"));
  }

  /// Migrates the signer's own database from `db/signer`.
  ///
  /// @param config as [PostgresConfig#signer] reads it
  /// @return how many steps were taken; 0 when it was up to date
  public static int signer(PostgresConfig config) {
    return migrate(config, PostgresConfig.Role.SIGNER, "signer");
  }

  /// A database that does not keep tenants apart is not worked with.
  private static int keptApart(PostgresConfig config, int steps) {
    PostgresConfig.Login owner = config.login(PostgresConfig.Role.OWNER);
    List<String> gaps;
    try (Connection connection =
        DriverManager.getConnection(config.url(), owner.user(), owner.password())) {
      gaps = RowSecurity.gaps(connection);
    } catch (SQLException e) {
      throw Database.unavailable(e);
    }
    if (!gaps.isEmpty()) {
      throw new IllegalStateException(
          "PostgreSQL would not keep tenants apart: " + String.join("; ", gaps));
    }
    return steps;
  }

  private static int migrate(PostgresConfig config, PostgresConfig.Role role, String part) {
    PostgresConfig.Login owner = config.login(role);
    return Flyway.configure()
        // Row-level security binds the owner too; a migration is an errand of its own.
        .dataSource(
            config.url() + "?options=-c%20airails.errand%3D" + Errand.MIGRATION.word(),
            owner.user(),
            owner.password())
        .locations("classpath:db/" + part)
        .table("schema_history_" + part)
        .baselineOnMigrate(true)
        .baselineVersion("0")
        .cleanDisabled(true)
        .load()
        .migrate()
        .migrationsExecuted;
  }
}

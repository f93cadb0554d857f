package ai.rails.platform.postgres;

import org.flywaydb.core.Flyway;

/// Brings the schema to this build's version, as the owner. Each part keeps a history of its own,
/// so that the projections can be dropped and made again while the store stays.
public final class Migrations {
  private Migrations() {}

  /// Migrates the write side's store from `db/store`.
  ///
  /// @return how many steps were taken; 0 when it was up to date
  public static int store(PostgresConfig config) {
    return migrate(config, PostgresConfig.Role.OWNER, "store");
  }

  /// Migrates the read side's tables from `db/projections`.
  ///
  /// @return how many steps were taken; 0 when they were up to date
  public static int projections(PostgresConfig config) {
    return migrate(config, PostgresConfig.Role.OWNER, "projections");
  }

  /// Migrates the signer's own database from `db/signer`.
  ///
  /// @param config as [PostgresConfig#signer] reads it
  /// @return how many steps were taken; 0 when it was up to date
  public static int signer(PostgresConfig config) {
    return migrate(config, PostgresConfig.Role.SIGNER, "signer");
  }

  private static int migrate(PostgresConfig config, PostgresConfig.Role role, String part) {
    PostgresConfig.Login owner = config.login(role);
    return Flyway.configure()
        .dataSource(config.url(), owner.user(), owner.password())
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

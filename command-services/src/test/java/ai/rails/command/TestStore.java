package ai.rails.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Migrations;
import ai.rails.platform.postgres.PostgresConfig;
import ai.rails.platform.postgres.PostgresConfig.Login;
import ai.rails.platform.postgres.PostgresConfig.Role;
import ai.rails.platform.postgres.Sql;

/// A migrated store in a database of its own, on one PostgreSQL for the whole test run.
public final class TestStore implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final EmbeddedPostgres POSTGRES = start();

  private final PostgresConfig config;
  private final Database app;
  private final Database owner;

  private TestStore(PostgresConfig config) {
    this.config = config;
    this.app = Database.open(config, Role.APP, 20);
    this.owner = Database.open(config, Role.OWNER, 2);
  }

  public static TestStore open() {
    String name = "store_" + COUNT.incrementAndGet();
    admin("CREATE DATABASE %s TEMPLATE migrated OWNER airails_owner".formatted(name));
    return new TestStore(config(name));
  }

  /// For what opens its own pools.
  public PostgresConfig config() {
    return config;
  }

  /// As the application sees it.
  public Database app() {
    return app;
  }

  /// Does something as the owner, which the application may not.
  public void asOwner(String sql) {
    boolean _ =
        everything(c -> {
          try (Statement s = c.createStatement()) {
            return s.execute(sql);
          }
        });
  }

  /// Sees and makes rows of all tenants, as a migration does.
  public <T> T everything(Database.Work<T> work) {
    return owner.acrossTenants(Errand.MIGRATION, work);
  }

  public int execute(String sql, Object... parameters) {
    return everything(c -> Sql.execute(c, sql, parameters));
  }

  public long number(String sql, Object... parameters) {
    return everything(c -> Sql.one(c, sql, row -> row.getLong(1), parameters)).orElse(-1L);
  }

  /// An active tenant with these workspaces and `_tenant`.
  public TestStore tenant(String tenant, String... workspaces) {
    execute("INSERT INTO tenant VALUES (?, 'eu', 'c1', 'ACTIVE')", tenant);
    workspace(tenant, "_tenant");
    for (String workspace : workspaces) {
      workspace(tenant, workspace);
    }
    return this;
  }

  private void workspace(String tenant, String workspace) {
    execute("INSERT INTO workspace_head VALUES (?, ?, 0, '2026-01-01')", tenant, workspace);
  }

  @Override
  public void close() {
    app.close();
    owner.close();
  }

  private static EmbeddedPostgres start() {
    try {
      EmbeddedPostgres postgres =
          EmbeddedPostgres.builder()
              .setServerConfig("wal_level", "logical")
              .setServerConfig("max_connections", "200")
              .start();
      try (Connection c = postgres.getPostgresDatabase().getConnection();
          Statement s = c.createStatement()) {
        s.execute("CREATE ROLE airails_owner LOGIN PASSWORD 'owner-secret'");
        s.execute("CREATE ROLE airails_app LOGIN PASSWORD 'app-secret'");
        s.execute("CREATE ROLE airails_cdc LOGIN REPLICATION PASSWORD 'cdc-secret'");
        s.execute("CREATE DATABASE migrated OWNER airails_owner");
      }
      Migrations.store(config(postgres, "migrated"));
      return postgres;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void admin(String sql) {
    try (Connection c = POSTGRES.getPostgresDatabase().getConnection();
        Statement s = c.createStatement()) {
      s.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PostgresConfig config(String database) {
    return config(POSTGRES, database);
  }

  private static PostgresConfig config(EmbeddedPostgres postgres, String database) {
    Map<Role, Login> logins = new EnumMap<>(Role.class);
    logins.put(Role.OWNER, new Login("airails_owner", "owner-secret"));
    logins.put(Role.APP, new Login("airails_app", "app-secret"));
    return new PostgresConfig("localhost", postgres.getPort(), database, logins);
  }
}

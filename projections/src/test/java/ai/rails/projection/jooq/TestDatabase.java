package ai.rails.projection.jooq;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Migrations;
import ai.rails.platform.postgres.PostgresConfig;

/// A real PostgreSQL with the projections' tables.
public final class TestDatabase implements AutoCloseable {
  private final EmbeddedPostgres postgres;
  private final PostgresConfig config;

  private TestDatabase(EmbeddedPostgres postgres, PostgresConfig config) {
    this.postgres = postgres;
    this.config = config;
  }

  public static TestDatabase start() throws IOException, SQLException {
    EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
    try (Connection c = postgres.getPostgresDatabase().getConnection();
        Statement s = c.createStatement()) {
      s.execute("CREATE ROLE airails_owner LOGIN PASSWORD 'owner-secret'");
      s.execute("CREATE ROLE airails_read LOGIN PASSWORD 'read-secret'");
      s.execute("CREATE DATABASE airails OWNER airails_owner");
    }
    PostgresConfig config = PostgresConfig.of(properties(postgres.getPort()));
    Migrations.projections(config);
    return new TestDatabase(postgres, config);
  }

  public Database open() {
    return Database.open(config, PostgresConfig.Role.READ, 4);
  }

  /// Does what only an operator may.
  public void superuser(String... statements) throws SQLException {
    try (Connection c = postgres.getPostgresDatabase().getConnection();
        Statement s = c.createStatement()) {
      for (String statement : statements) {
        s.execute(statement);
      }
    }
  }

  public PostgresConfig config() {
    return config;
  }

  String url() {
    return "jdbc:postgresql://localhost:%d/airails".formatted(postgres.getPort());
  }

  private static Properties properties(int port) {
    Properties p = new Properties();
    p.setProperty("postgres.host", "localhost");
    p.setProperty("postgres.port", Integer.toString(port));
    p.setProperty("postgres.database", "airails");
    p.setProperty("postgres.owner.user", "airails_owner");
    p.setProperty("postgres.owner.password", "owner-secret");
    p.setProperty("postgres.read.user", "airails_read");
    p.setProperty("postgres.read.password", "read-secret");
    return p;
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}

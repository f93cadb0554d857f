package ai.rails.platform.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import ai.rails.platform.http.Unavailable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Migrations, grants and transactions on a real PostgreSQL.
class StoreTest {
  private static final String EVENT =
      """
      INSERT INTO event (event_id, tenant, workspace, position, recorded_at, stream_type, stream_id,
        seq, event_type, payload)
      VALUES (gen_random_uuid(), 't1', 'w1', %d, now(), 'Run', 'r1', %d, 'X', '\\x00')\
      """;

  private static EmbeddedPostgres postgres;
  private static PostgresConfig config;
  private static Database app;

  @BeforeAll
  static void start() throws IOException, SQLException {
    postgres = EmbeddedPostgres.builder().start();
    try (Connection c = postgres.getPostgresDatabase().getConnection();
        Statement s = c.createStatement()) {
      s.execute("CREATE ROLE airails_owner LOGIN PASSWORD 'owner-secret'");
      s.execute("CREATE ROLE airails_app LOGIN PASSWORD 'app-secret'");
      s.execute("CREATE ROLE airails_cdc LOGIN REPLICATION PASSWORD 'cdc-secret'");
      s.execute("CREATE DATABASE airails OWNER airails_owner");
    }
    config = PostgresConfig.of(properties());
    assertThat(Migrations.store(config)).isPositive();
    app = Database.open(config, PostgresConfig.Role.APP, 4);
  }

  @AfterAll
  static void stop() throws IOException {
    app.close();
    postgres.close();
  }

  @Test
  void runsOnPostgresql18() {
    int version = app.inTransaction(c -> c.getMetaData().getDatabaseMajorVersion());

    assertThat(version).isEqualTo(18);
  }

  @Test
  void migratingAgainChangesNothing() {
    assertThat(Migrations.store(config)).isZero();
  }

  @Test
  void historyTakesInsertsOnly() {
    run(EVENT.formatted(1, 0));

    for (String change :
        new String[] {
          "UPDATE event SET payload = '\\x01'",
          "DELETE FROM event",
          "TRUNCATE event",
          "UPDATE step_command SET run = 'other'",
          "DELETE FROM workspace_head",
          "DELETE FROM tenant"
        }) {
      assertThatThrownBy(() -> run(change))
          .as(change)
          .isInstanceOf(Unavailable.class)
          .hasStackTraceContaining("permission denied");
    }
  }

  @Test
  void notEvenTheOwnerChangesHistory() {
    run(EVENT.formatted(2, 1));
    try (Database owner = Database.open(config, PostgresConfig.Role.OWNER, 1)) {
      assertThatThrownBy(() -> owner.inTransaction(c -> execute(c, "DELETE FROM event")))
          .hasStackTraceContaining("history is append-only");
      assertThatThrownBy(() -> owner.inTransaction(c -> execute(c, "TRUNCATE event")))
          .hasStackTraceContaining("history is append-only");
    }
  }

  @Test
  void transactionIsAllOrNothing() {
    assertThatThrownBy(() ->
            app.inTenant(
                "t1",
                c -> {
                  execute(c, EVENT.formatted(3, 2));
                  throw new IllegalStateException("half way");
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("half way");

    assertThat(count("SELECT count(*) FROM event WHERE position = 3")).isZero();
    assertThat(app.lent()).isZero();
  }

  @Test
  void passwordsAreNotPrinted() {
    assertThat(config.toString()).contains("airails_app").doesNotContain("secret");
  }

  @Test
  void missingKeyIsNamed() {
    Properties properties = properties();
    properties.remove("postgres.port");

    assertThatThrownBy(() -> PostgresConfig.of(properties))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the configuration lacks postgres.port");
  }

  private static Properties properties() {
    var properties = new Properties();
    properties.setProperty("postgres.host", "localhost");
    properties.setProperty("postgres.port", Integer.toString(postgres.getPort()));
    properties.setProperty("postgres.database", "airails");
    properties.setProperty("postgres.owner.user", "airails_owner");
    properties.setProperty("postgres.owner.password", "owner-secret");
    properties.setProperty("postgres.app.user", "airails_app");
    properties.setProperty("postgres.app.password", "app-secret");
    return properties;
  }

  private static void run(String sql) {
    boolean _ = app.inTenant("t1", c -> execute(c, sql));
  }

  private static boolean execute(Connection c, String sql) throws SQLException {
    try (Statement s = c.createStatement()) {
      return s.execute(sql);
    }
  }

  private static long count(String sql) {
    return app.inTenant(
        "t1",
        c -> {
          try (Statement s = c.createStatement();
              ResultSet r = s.executeQuery(sql)) {
            r.next();
            return r.getLong(1);
          }
        });
  }
}

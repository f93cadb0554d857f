package ai.rails.app.bench.policy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.Postgres;
import ai.rails.app.embedded.PostgresRoles;
import ai.rails.app.embedded.Secrets;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Migrations;
import ai.rails.platform.postgres.PostgresConfig;

/// PostgreSQL with the event store's tables, of a benchmark's own.
record BenchStore(Postgres postgres, Database database) implements AutoCloseable {
  private static final int CONNECTIONS = 20;

  static BenchStore open(Path data, Map<String, String> environment, Ports ports, Secrets secrets) {
    Path binaries = Path.of(environment.getOrDefault("HOME", "."), ".cache", "airails", "postgres");
    Postgres postgres =
        Postgres.start(data.resolve("postgres"), binaries, ports.of("postgres"), secrets);
    Properties properties = new Properties();
    properties.put("postgres.host", "127.0.0.1");
    properties.put("postgres.port", Integer.toString(postgres.port()));
    properties.put("postgres.database", Postgres.DATABASE);
    for (PostgresRoles role : PostgresRoles.values()) {
      properties.put(role.userKey(), role.user());
      properties.put(role.passwordKey(), secrets.of(role.passwordKey()));
    }
    PostgresConfig config = PostgresConfig.of(properties);
    try {
      int _ = Migrations.store(config);
      return new BenchStore(postgres, Database.open(config, PostgresConfig.Role.APP, CONNECTIONS));
    } catch (RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  @Override
  public void close() {
    database.close();
    postgres.close();
  }
}

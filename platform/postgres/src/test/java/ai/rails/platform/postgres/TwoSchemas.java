package ai.rails.platform.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/// A PostgreSQL with the store and the views, and in each table rows of three tenants that are
/// alike in everything but their tenant.
final class TwoSchemas implements AutoCloseable {
  static final List<String> TENANTS = List.of("ten-a", "ten-b", "ten-c");
  static final int ROWS = 3;

  private static final String COLUMNS =
      """
      SELECT a.attrelid::regclass::text, a.attname, format_type(a.atttypid, NULL),
             EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique
                        AND a.attnum = ANY (i.indkey)
                        AND NOT EXISTS (SELECT 1 FROM pg_attribute t
                                         WHERE t.attrelid = a.attrelid AND t.attname = 'tenant'
                                           AND t.attnum = ANY (i.indkey)))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace IN ('public'::regnamespace, 'projection'::regnamespace) AND c.relkind = 'r'
         AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = ''
         AND c.relname NOT LIKE 'schema_history%'
       ORDER BY 1, a.attnum
      """;

  private final EmbeddedPostgres postgres;
  private final PostgresConfig config;
  private final Map<String, List<Column>> tables = new TreeMap<>();

  /// @param alone unique without the tenant
  record Column(String name, String type, boolean alone) {
    private String value(String tenant, int row) {
      String text = alone ? "x%s-%s".formatted(row, tenant) : "x" + row;
      return switch (type) {
        case "text" -> "'%s'".formatted(name.equals("tenant") ? tenant : text);
        case "bytea" -> "'\\x0%s'".formatted(row);
        case "uuid" -> "gen_random_uuid()";
        case "boolean" -> "true";
        case "text[]" -> "'{}'";
        case "bigint", "integer" -> Integer.toString(row);
        default -> "now()";
      };
    }
  }

  TwoSchemas() throws IOException, SQLException {
    postgres = EmbeddedPostgres.builder().start();
    superuser(
        "CREATE ROLE airails_owner LOGIN PASSWORD 'x'",
        "CREATE ROLE airails_app LOGIN PASSWORD 'x'",
        "CREATE ROLE airails_cdc LOGIN REPLICATION PASSWORD 'x'",
        "CREATE ROLE airails_read LOGIN PASSWORD 'x'",
        "CREATE DATABASE airails OWNER airails_owner");
    Properties properties = new Properties();
    properties.setProperty("postgres.host", "localhost");
    properties.setProperty("postgres.port", Integer.toString(postgres.getPort()));
    properties.setProperty("postgres.database", "airails");
    for (String role : List.of("owner", "app", "cdc", "read")) {
      properties.setProperty("postgres.%s.user".formatted(role), "airails_" + role);
      properties.setProperty("postgres.%s.password".formatted(role), "x");
    }
    config = PostgresConfig.of(properties);
    Migrations.store(config);
    Migrations.projections(config);
  }

  PostgresConfig config() {
    return config;
  }

  /// Tables with tenants, by the role that uses them.
  List<String> tables(PostgresConfig.Role role) {
    return tables.keySet().stream()
        .filter(table -> table.startsWith("projection.") == (role == PostgresConfig.Role.READ))
        .toList();
  }

  /// Columns of a table that hold text.
  List<String> texts(String table) {
    return tables.getOrDefault(table, List.of()).stream()
        .filter(column -> column.type().equals("text"))
        .map(Column::name)
        .toList();
  }

  void superuser(String... statements) throws SQLException {
    superuser(postgres.getPostgresDatabase().getConnection(), statements);
  }

  void superuserInside(String... statements) throws SQLException {
    superuser(inside(), statements);
  }

  private Connection inside() throws SQLException {
    return postgres.getDatabase("postgres", "airails").getConnection();
  }

  private static void superuser(Connection connection, String... statements) throws SQLException {
    try (connection;
        Statement s = connection.createStatement()) {
      for (String statement : statements) {
        s.execute(statement);
      }
    }
  }

  /// Fills every table. What values are allowed is not the question here.
  void fill() throws SQLException {
    List<String> statements = new ArrayList<>();
    try (Connection c = inside();
        Statement s = c.createStatement()) {
      try (ResultSet row = s.executeQuery(COLUMNS)) {
        while (row.next()) {
          tables
              .computeIfAbsent(row.getString(1), _ -> new ArrayList<>())
              .add(new Column(row.getString(2), row.getString(3), row.getBoolean(4)));
        }
      }
      tables.values().removeIf(all -> all.stream().noneMatch(one -> one.name().equals("tenant")));
      try (ResultSet row =
          s.executeQuery(
              "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)"
                  + " FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0")) {
        while (row.next()) {
          statements.add(row.getString(1));
        }
      }
    }
    tables.forEach((table, columns) -> {
      for (String tenant : TENANTS) {
        for (int i = 0; i < rows(columns); i++) {
          int n = i;
          statements.add(
              "INSERT INTO %s (%s) VALUES (%s)"
                  .formatted(
                      table,
                      String.join(", ", columns.stream().map(Column::name).toList()),
                      String.join(", ", columns.stream().map(c -> c.value(tenant, n)).toList())));
        }
      }
    });
    superuserInside(statements.toArray(String[]::new));
  }

  /// Two tables have one row for each tenant.
  private int rows(List<Column> columns) {
    return columns.equals(tables.get("tenant")) || columns.equals(tables.get("retention"))
        ? 1
        : ROWS;
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}

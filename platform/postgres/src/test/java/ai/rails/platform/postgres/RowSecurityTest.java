package ai.rails.platform.postgres;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import ai.rails.platform.http.Unavailable;
import ai.rails.platform.postgres.PostgresConfig.Role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The database keeps tenants apart whatever a statement says.
class RowSecurityTest {
  /// The suite's share; `-Dairails.fuzz=100000` asks the whole number.
  private static final int STATEMENTS = Integer.getInteger("airails.fuzz", 10_000);

  private static final long SEED = Long.getLong("airails.seed", 4);
  private static final int AT_ONCE = 250;
  private static final String REFUSED = "42501";

  /// Unique without the tenant: random ids, and names that contain it.
  private static final Set<String> ALONE =
      Set.of(
          "api_key_pkey",
          "budget_charge_pkey",
          "policy_bundle_pkey",
          "policy_content_pkey",
          "step_command_pkey",
          "timer_pkey");

  private static TwoSchemas postgres;

  @BeforeAll
  static void start() throws IOException, SQLException {
    postgres = new TwoSchemas();
    postgres.fill();
  }

  @AfterAll
  static void stop() throws IOException {
    postgres.close();
  }

  @Test
  void everyTableWithTenantsIsCovered() {
    assertThat(gaps()).isEmpty();
    assertThat(postgres.tables(Role.APP)).hasSizeGreaterThan(30).contains("event", "run_key");
    assertThat(postgres.tables(Role.READ)).hasSizeGreaterThan(10).contains("projection.entry");
  }

  @Test
  void uniqueKeysBeginWithTheTenant() {
    try (Database owner = Database.open(postgres.config(), Role.OWNER, 1)) {
      List<String> alone =
          owner.inTransaction(c ->
              Sql.all(
                  c,
                  """
                  SELECT i.indexrelid::regclass::text FROM pg_index i
                    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = 'tenant'
                    JOIN pg_class c ON c.oid = i.indrelid
                   WHERE c.relnamespace IN ('public'::regnamespace, 'projection'::regnamespace)
                     AND i.indisunique AND i.indkey[0] <> a.attnum\
                  """,
                  row -> row.getString(1)));
      assertThat(new TreeSet<>(alone)).isEqualTo(new TreeSet<>(ALONE));
    }
  }

  @Test
  void whatAMigrationForgetsIsNamed() throws SQLException {
    postgres.superuserInside(
        "CREATE TABLE part (tenant text, at date) PARTITION BY RANGE (at)",
        "CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "CREATE VIEW runs_seen AS SELECT run FROM run_index",
        "CREATE MATERIALIZED VIEW runs_kept AS SELECT tenant, run FROM run_index",
        "CREATE POLICY open_door ON run_index TO airails_app USING (true)",
        "ALTER TABLE run_key NO FORCE ROW LEVEL SECURITY",
        "CREATE FUNCTION whoever() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "ALTER ROLE airails_read BYPASSRLS");
    try {
      assertThat(gaps())
          .containsExactly(
              "function whoever() runs with its owner's rights",
              "policy open_door of table run_index is bound to neither a tenant nor an errand",
              "role airails_read passes row-level security: ALTER ROLE airails_read NOSUPERUSER"
                  + " NOBYPASSRLS",
              "runs_kept has tenants and can have no row-level security",
              "table part has no policy own_tenant for all commands",
              "table part has tenants and no row-level security that binds its owner too",
              "table part_1 has no policy own_tenant for all commands",
              "table part_1 has tenants and no row-level security that binds its owner too",
              "table run_key has tenants and no row-level security that binds its owner too",
              "view runs_seen reads with its owner's rights: make it WITH (security_invoker ="
                  + " true)");
      assertThatThrownBy(() -> Migrations.projections(postgres.config()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("would not keep tenants apart");
    } finally {
      postgres.superuserInside(
          "DROP TABLE part",
          "DROP VIEW runs_seen",
          "DROP MATERIALIZED VIEW runs_kept",
          "DROP POLICY open_door ON run_index",
          "ALTER TABLE run_key FORCE ROW LEVEL SECURITY",
          "DROP FUNCTION whoever()",
          "ALTER ROLE airails_read NOBYPASSRLS");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"APP", "READ"})
  void withoutATenantNothingIsReadOrWritten(Role role) {
    try (Database database = Database.open(postgres.config(), role, 1)) {
      for (String table : postgres.tables(role)) {
        assertThatThrownBy(
                () -> database.inTransaction(c -> Sql.all(c, "SELECT * FROM " + table, _ -> 1)))
            .as(table)
            .isInstanceOf(Unavailable.class)
            .hasStackTraceContaining("the transaction names no tenant");
      }
      List<Integer> own =
          database.inTenant(
              "ten-a",
              c -> Sql.all(c, "SELECT 1 FROM " + postgres.tables(role).getFirst(), _ -> 1));
      assertThat(own).isNotEmpty();
      assertThatThrownBy(() ->
              database.inTransaction(
                  c -> Sql.all(c, "SELECT 1 FROM " + postgres.tables(role).getFirst(), _ -> 1)))
          .as("what a transaction named is forgotten with it")
          .isInstanceOf(Unavailable.class);
    }
  }

  @Test
  void anErrandSeesItsTablesOnly() {
    try (Database app = Database.open(postgres.config(), Role.APP, 1)) {
      for (Errand errand : Errand.values()) {
        Set<String> seen = new TreeSet<>();
        for (String table : postgres.tables(Role.APP)) {
          List<String> tenants =
              app.acrossTenants(
                  errand, c -> Sql.all(c, "SELECT tenant FROM " + table, row -> row.getString(1)));
          if (!tenants.isEmpty()) {
            seen.add(table);
          }
        }
        assertThat(seen).as(errand.word()).isEqualTo(new TreeSet<>(tables(errand)));
      }
    }
  }

  private static List<String> tables(Errand errand) {
    return switch (errand) {
      case TIMERS -> List.of("timer");
      case SCHEDULES -> List.of("schedule");
      case RETENTION -> List.of("retention", "tenant");
      case MEASURES -> List.of("step_task", "timer", "worker");
      case SUBSCRIBERS -> List.of("siem_subscriber");
      case BUNDLES -> List.of("policy_bundle", "policy_content");
      case KEYS -> List.of("api_key");
      case WORKERS -> List.of("run_index", "step_task", "timer", "worker", "workflow_active");
      case BREAKERS -> List.of("instance_flow");
      case REVOCATIONS, SOCKETS -> List.of("connector_instance");
      case AUDITS -> List.of("audit_access");
      case SWEEP ->
          List.of("budget_charge", "budget_counter", "idempotency", "reveal", "runner_call");
      // Of the views, and for the owner.
      case FOLLOW, REBUILD, MIGRATION -> List.of();
    };
  }

  @Test
  void theOwnerSeesNothingOutsideOfAMigration() {
    try (Database owner = Database.open(postgres.config(), Role.OWNER, 1)) {
      assertThat(
              owner.<List<Integer>>inTransaction(c -> Sql.all(c, "SELECT 1 FROM run_key", _ -> 1)))
          .isEmpty();
      assertThat(
              owner.<List<Integer>>acrossTenants(
                  Errand.MIGRATION, c -> Sql.all(c, "SELECT 1 FROM run_key", _ -> 1)))
          .hasSize(TwoSchemas.TENANTS.size() * TwoSchemas.ROWS);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"APP", "READ"})
  void noStatementReachesAnotherTenantsRows(Role role) {
    var statements =
        new Statements(postgres, role, RandomGeneratorFactory.of("L64X128MixRandom").create(SEED));
    int rows = 0;
    int refused = 0;
    try (Database database = Database.open(postgres.config(), role, 1)) {
      for (int done = 0; done < STATEMENTS / 2; done += AT_ONCE) {
        String tenant = statements.tenant();
        int[] counts = new int[2];
        assertThatThrownBy(() ->
                database.inTenant(
                    tenant,
                    c -> {
                      for (int i = 0; i < AT_ONCE; i++) {
                        run(c, tenant, statements.next(tenant), counts);
                      }
                      throw new IllegalStateException("nothing is kept");
                    }))
            .as("seed %s", SEED)
            .hasMessage("nothing is kept");
        rows += counts[0];
        refused += counts[1];
      }
    }
    assertThat(rows).as("own rows that were seen").isGreaterThan(STATEMENTS / 2);
    assertThat(refused).as("rows of others that were refused").isGreaterThan(STATEMENTS / 100);
  }

  private static void run(Connection c, String tenant, String sql, int[] counts)
      throws SQLException {
    Savepoint before = c.setSavepoint();
    try (Statement statement = c.createStatement()) {
      if (statement.execute(sql)) {
        counts[0] += own(statement, tenant, sql);
      }
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as("%s: %s", sql, e.getMessage()).isEqualTo(REFUSED);
      counts[1]++;
    }
    c.rollback(before);
  }

  /// The first column is a tenant's name, or NULL where an outer join found none.
  private static int own(Statement statement, String tenant, String sql) throws SQLException {
    int seen = 0;
    try (ResultSet rows = statement.getResultSet()) {
      while (rows.next()) {
        String found = rows.getString(1);
        assertThat(found == null || found.equals(tenant)).as("%s gave %s", sql, found).isTrue();
        seen++;
      }
    }
    return seen;
  }

  private static List<String> gaps() {
    try (Database owner = Database.open(postgres.config(), Role.OWNER, 1)) {
      return owner.inTransaction(RowSecurity::gaps);
    }
  }

  /// Random statements whose first column is a tenant.
  private static final class Statements {
    private final TwoSchemas schemas;
    private final List<String> tables;
    private final RandomGenerator random;

    Statements(TwoSchemas schemas, Role role, RandomGenerator random) {
      this.schemas = schemas;
      this.random = random;
      this.tables = schemas.tables(role);
    }

    String tenant() {
      return any(TwoSchemas.TENANTS);
    }

    String next(String own) {
      String a = any(tables);
      String b = any(tables);
      String foreign = tenant();
      return switch (random.nextInt(13)) {
        case 0 -> "SELECT tenant FROM " + a;
        case 1 -> "SELECT x.tenant FROM %s x WHERE %s".formatted(a, where("x", a));
        case 2 -> "SELECT tenant FROM %s WHERE tenant = '%s' OR true".formatted(a, foreign);
        case 3 -> "SELECT y.tenant FROM %s x LEFT JOIN %s y ON %s".formatted(a, b, where("y", b));
        case 4 ->
            "WITH w AS (SELECT * FROM %s) SELECT w.tenant FROM w, %s z WHERE z.tenant <> '%s'"
                    .formatted(a, b, own)
                + " OR "
                + where("w", a);
        case 5 -> "SELECT tenant FROM %s UNION ALL SELECT max(tenant) FROM %s".formatted(a, b);
        case 6 ->
            "SELECT (SELECT max(y.tenant) FROM %s y WHERE %s) FROM %s x"
                .formatted(b, where("y", b), a);
        case 7 ->
            "UPDATE %s x SET tenant = x.tenant WHERE %s RETURNING x.tenant"
                .formatted(a, where("x", a));
        case 8 -> "UPDATE %s SET tenant = '%s' RETURNING tenant".formatted(a, foreign);
        case 9 ->
            "SELECT tenant FROM %s WHERE tenant > '%s' ORDER BY tenant DESC LIMIT 3"
                .formatted(a, foreign);
        case 10 -> "DELETE FROM %s x WHERE %s RETURNING x.tenant".formatted(a, where("x", a));
        case 11 ->
            "SELECT tenant FROM %s GROUP BY tenant HAVING count(*) >= 0 AND EXISTS".formatted(a)
                + " (SELECT 1 FROM %s)".formatted(b);
        default ->
            "MERGE INTO %s x USING (VALUES ('%s')) v(t) ON x.tenant = v.t".formatted(a, foreign)
                + " WHEN MATCHED THEN UPDATE SET tenant = '%s' RETURNING x.tenant"
                    .formatted(tenant());
      };
    }

    private String where(String alias, String table) {
      String column = alias + "." + any(schemas.texts(table));
      return switch (random.nextInt(4)) {
        case 0 -> column + " IS NOT NULL";
        case 1 -> "%s LIKE 'x%s%%'".formatted(column, random.nextInt(TwoSchemas.ROWS));
        case 2 -> "%s.tenant IN ('ten-a', 'ten-b', 'ten-c')".formatted(alias);
        default -> "%s <> '%s'".formatted(column, tenant());
      };
    }

    private <T> T any(List<T> all) {
      return all.get(random.nextInt(all.size()));
    }
  }
}

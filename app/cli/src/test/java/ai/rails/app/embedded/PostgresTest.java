package ai.rails.app.embedded;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("slow")
final class PostgresTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir static Path data;
  private static Secrets secrets;
  private static Ports ports;
  private static Postgres postgres;

  @BeforeAll
  static void start() {
    secrets = Secrets.open(data.resolve("secrets.properties"), new SecureRandom());
    ports = Ports.open(data.resolve("ports.properties"), new SecureRandom());
    postgres = open();
  }

  @AfterAll
  static void stop() {
    postgres.close();
  }

  @Test
  void itWritesThroughAndCanBeReplicatedFrom() throws Exception {
    try (Connection connection = postgres.connect("postgres")) {
      assertThat(one(connection, "SHOW fsync")).isEqualTo("on");
      assertThat(one(connection, "SHOW synchronous_commit")).isEqualTo("on");
      assertThat(one(connection, "SHOW full_page_writes")).isEqualTo("on");
      assertThat(one(connection, "SHOW wal_level")).isEqualTo("logical");
      assertThat(one(connection, "SHOW server_version")).startsWith("18.");
    }
  }

  @Test
  void theOwnerMigratesAndTheAppMayOnlyWhatItIsGranted() throws Exception {
    try (Connection owner = login(PostgresRoles.OWNER)) {
      owner.createStatement().execute("CREATE TABLE granted(id int)");
      owner.createStatement().execute("GRANT SELECT ON granted TO airails_app");
    }

    try (Connection app = login(PostgresRoles.APP)) {
      assertThat(one(app, "SELECT count(*) FROM granted")).isEqualTo("0");
      assertThatThrownBy(() -> app.createStatement().execute("CREATE TABLE mine(id int)"))
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void noServicesRoleSeesPastRowSecurity() throws Exception {
    try (Connection connection = postgres.connect("postgres")) {
      assertThat(
              one(
                  connection,
                  "SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname LIKE"
                      + " 'airails%' AND NOT rolbypassrls AND NOT rolsuper"))
          .isEqualTo("airails_app airails_cdc airails_owner airails_read airails_signer");
      assertThat(
              one(
                  connection,
                  "SELECT string_agg(rolname, ' ') FROM pg_roles WHERE rolname LIKE 'airails%' AND"
                      + " rolreplication"))
          .isEqualTo("airails_cdc");
    }
  }

  @Test
  void nobodyLogsInWithoutThePassword() {
    assertThatThrownBy(() -> connect("postgres", "guessed")).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> connect("airails_app", "guessed")).isInstanceOf(SQLException.class);
  }

  @Test
  void rowsSurviveARestart() throws Exception {
    keep("restart");

    postgres.close();
    postgres = open();

    assertKept("restart");
  }

  @Test
  void rowsSurviveAKilledPostmaster() throws Exception {
    keep("kill");
    ProcessHandle postmaster = Postmaster.of(cluster()).orElseThrow().process();

    postmaster.destroyForcibly();
    assertThat(ProcessIdentity.exited(postmaster, LIMIT)).isTrue();
    postgres.close();
    postgres = open();

    assertKept("kill");
  }

  /// The launcher was killed, and so was PostgreSQL's guard: the next start ends it first.
  @Test
  void anOrphanIsEndedBeforeTheStart() throws Exception {
    keep("orphan");
    postgres.close();
    launchAndKill("unguarded");
    var orphan = ProcessIdentity.of(Postmaster.of(cluster()).orElseThrow().process());

    postgres = open();

    assertThat(orphan.alive()).isEmpty();
    assertThat(Postmaster.of(cluster()).orElseThrow().process().pid()).isNotEqualTo(orphan.pid());
    assertKept("orphan");
  }

  /// It is nobody's child, and ends all the same.
  @Test
  void itEndsWithAKilledLauncher() throws Exception {
    keep("guarded");
    postgres.close();

    launchAndKill("guarded");

    assertThat(Wait.until(LIMIT, () -> Postmaster.of(cluster()).isEmpty())).isTrue();
    postgres = open();
    assertKept("guarded");
  }

  private void launchAndKill(String how) throws Exception {
    Process launcher =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LauncherOfPostgres.class.getName(),
                data.toString(),
                how)
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("launcher.log").toFile())
            .start();
    assertThat(launcher.waitFor()).isEqualTo(LauncherOfPostgres.KILLED);
  }

  private Path cluster() {
    return data.resolve("postgres/cluster");
  }

  private static Postgres open() {
    return open(data, secrets, ports);
  }

  static Postgres open(Path data, Secrets secrets, Ports ports) {
    return Postgres.start(
        data.resolve("postgres"), data.resolve("binaries"), ports.of("postgres"), secrets);
  }

  private void keep(String name) throws SQLException {
    try (Connection owner = login(PostgresRoles.OWNER)) {
      owner.createStatement().execute("CREATE TABLE kept_" + name + "(id int)");
      owner.createStatement().execute("INSERT INTO kept_" + name + " VALUES (7)");
    }
  }

  private void assertKept(String name) throws SQLException {
    try (Connection owner = login(PostgresRoles.OWNER)) {
      assertThat(one(owner, "SELECT id FROM kept_" + name)).isEqualTo("7");
    }
  }

  private Connection login(PostgresRoles role) throws SQLException {
    return connect(role.user(), secrets.of(role.passwordKey()));
  }

  private Connection connect(String user, String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(postgres.port(), Postgres.DATABASE),
        user,
        password);
  }

  private static String one(Connection connection, String query) throws SQLException {
    try (ResultSet row = connection.createStatement().executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }
}

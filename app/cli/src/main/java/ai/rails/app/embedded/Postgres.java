package ai.rails.app.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/// PostgreSQL in its own directory: made at the first start, found again after a restart or `kill
/// -9`. Everybody logs in with a password, the super user too.
public final class Postgres implements AutoCloseable {
  public static final String DATABASE = "airails";

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Map<String, String> SETTINGS =
      Map.ofEntries(
          Map.entry("listen_addresses", "127.0.0.1"),
          // The library is made for tests and switches these off: a crash then loses commits.
          Map.entry("fsync", "on"),
          Map.entry("synchronous_commit", "on"),
          Map.entry("full_page_writes", "on"),
          Map.entry("wal_level", "logical"),
          Map.entry("max_replication_slots", "10"),
          Map.entry("max_wal_senders", "10"),
          Map.entry("max_connections", "100"),
          Map.entry("shared_buffers", "128MB"),
          Map.entry("wal_writer_delay", "10ms"),
          Map.entry("password_encryption", "scram-sha-256"));

  private final EmbeddedPostgres server;
  private final Path cluster;
  private final String superPassword;
  private final Optional<Guard> guard;

  private Postgres(EmbeddedPostgres server, Path cluster, String superPassword) {
    this.server = server;
    this.cluster = cluster;
    this.superPassword = superPassword;
    this.guard = Postmaster.of(cluster).map(postmaster -> Guard.of(postmaster, cluster));
  }

  /// `binaries` may be shared between installations; `directory` belongs to this one.
  public static Postgres start(Path directory, Path binaries, int port, Secrets secrets) {
    UserNamespaces.require();
    Path cluster = PrivateFile.directory(directory).resolve("cluster");
    Path complete = directory.resolve("complete");
    Postmaster.of(cluster).ifPresent(Postmaster::end);
    if (!Files.exists(complete)) {
      clear(cluster); // nothing was ever committed: the first start did not finish
    }
    Path passwordFile = directory.resolve("initial-password");
    String superPassword = secrets.of("postgres.super.password");
    PrivateFile.write(passwordFile, superPassword);
    try {
      EmbeddedPostgres server = builder(directory, binaries, port, superPassword).start();
      var postgres = new Postgres(server, cluster, superPassword);
      PrivateFile.write(complete, "");
      postgres.ensureRoles(secrets);
      return postgres;
    } catch (IOException | IllegalStateException e) {
      throw new Unavailable(
          "PostgreSQL did not start: %s; see %s"
              .formatted(e.getMessage(), directory.resolve("postgres.log")),
          e);
    } finally {
      delete(passwordFile);
    }
  }

  /// Whether its process lives; asks no connection, so it can be asked often.
  public boolean alive() {
    return Postmaster.of(cluster).isPresent();
  }

  public int port() {
    return server.getPort();
  }

  /// The super user's connection, for the launcher only.
  public Connection connect(String database) throws SQLException {
    return server
        .getDatabase("postgres", database, Map.of("password", superPassword))
        .getConnection();
  }

  /// `up`, or what is wrong.
  public String health() {
    try (Connection connection = connect(DATABASE)) {
      return connection.isValid(2) ? "up" : "down: PostgreSQL does not answer";
    } catch (SQLException e) {
      return "down: " + e.getMessage();
    }
  }

  /// Ends open connections and writes a checkpoint, so that the next start needs no recovery.
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Postmaster.of(cluster).ifPresent(Postmaster::end); // the library waits only 5 s
      guard.ifPresent(Guard::close);
    }
  }

  /// The password comes from a file, so there is no moment in which a stranger could log in
  /// without.
  private static EmbeddedPostgres.Builder builder(
      Path directory, Path binaries, int port, String superPassword) {
    Redirect log = Redirect.appendTo(directory.resolve("postgres.log").toFile());
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory.resolve("cluster"))
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setOverrideWorkingDirectory(PrivateFile.directory(binaries).toFile())
            .setPort(port)
            .setPGStartupWait(START_LIMIT)
            .setLocaleConfig("locale", "C")
            .setLocaleConfig("auth-local", "scram-sha-256")
            .setLocaleConfig("auth-host", "scram-sha-256")
            .setLocaleConfig("pwfile", directory.resolve("initial-password").toString())
            .setConnectConfig("password", superPassword)
            .setErrorRedirector(log)
            .setOutputRedirector(log);
    SETTINGS.forEach(builder::setServerConfig);
    return builder;
  }

  private void ensureRoles(Secrets secrets) {
    try (Connection connection = connect("postgres")) {
      PostgresRoles.ensure(connection, DATABASE, secrets);
    } catch (SQLException e) {
      close();
      throw new Unavailable("PostgreSQL's roles could not be made: " + e.getMessage(), e);
    }
  }

  private static void clear(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(Postgres::delete);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clear " + directory, e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + file, e);
    }
  }
}

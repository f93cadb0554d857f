package ai.rails.app.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The benchmark of runs: the governed engine, then the peer on the same cluster while nothing else
/// runs.
final class Spine {
  private final Path data;
  private final Map<String, String> environment;
  private final Trial.Plan plan;
  private final Consumer<String> progress;

  /// @param data a new directory is made inside and removed at the end
  Spine(Path data, Map<String, String> environment, Trial.Plan plan, Consumer<String> progress) {
    this.data = data;
    this.environment = Map.copyOf(environment);
    this.plan = plan;
    this.progress = progress;
  }

  /// The peer alone.
  Report peer() throws IOException, SQLException {
    Path directory = fresh();
    try {
      Machine machine = Machine.of(directory);
      Measured peer = peer(directory);
      return new Report(
          "peer",
          machine,
          versions(peer.postgres()),
          peer.postgres(),
          null,
          peer.trial(),
          null,
          null,
          null,
          null,
          null);
    } finally {
      remove(directory);
    }
  }

  /// Governed, then not: one after the other, on one cluster.
  Report both() throws IOException, SQLException {
    Path directory = fresh();
    try {
      Machine machine = Machine.of(directory);
      GovernedFigures governed =
          new GovernedBench(directory, environment, plan, progress).measure();
      Measured peer = peer(directory);
      return new Report(
          "spine",
          machine,
          versions(peer.postgres()),
          peer.postgres(),
          governed,
          peer.trial(),
          Report.Price.of(governed.trial(), peer.trial()),
          null,
          null,
          null,
          null);
    } finally {
      remove(directory);
    }
  }

  /// A trial, and the PostgreSQL it ran on.
  private record Measured(Trial trial, PostgresMeter.Settings postgres) {}

  private Measured peer(Path directory) throws SQLException {
    progress.accept("starting PostgreSQL and the ServiceNow stand-in for the peer");
    try (Site site = Site.open(directory, postgresBinaries());
        Connection connection = site.administer()) {
      PostgresMeter meter = new PostgresMeter(connection);
      progress.accept("reporting %d incidents".formatted(plan.incidents()));
      try (Peer peer =
          Peer.launch(
              site.database(), site.desk(), site.report(plan.incidents()), meter.postmaster())) {
        progress.accept("measuring DBOS Transact " + Peer.version());
        Trial trial = Trial.of("DBOS Transact for Java", Peer.version(), plan, peer, meter);
        return new Measured(trial, meter.settings());
      }
    }
  }

  private static Map<String, String> versions(PostgresMeter.Settings postgres) {
    return new TreeMap<>(
        Map.of(
            "java", Runtime.version().toString(),
            "postgresql", postgres.version(),
            "dbos", Peer.version()));
  }

  private Path postgresBinaries() {
    return Path.of(environment.getOrDefault("HOME", "."), ".cache", "airails", "postgres");
  }

  private Path fresh() throws IOException {
    Files.createDirectories(data);
    return Files.createTempDirectory(data.toAbsolutePath(), "bench-");
  }

  static void remove(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(Spine::delete);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + directory, e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + file, e);
    }
  }
}

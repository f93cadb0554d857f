package ai.rails.stream;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/// A cell on PostgreSQL 18 and a broker with SCRAM and ACLs, both on this machine.
final class EmbeddedCell implements AutoCloseable {
  private final Path directory;
  private final EmbeddedPostgres postgres;
  private final Cell cell;
  private EmbeddedBroker broker;

  private EmbeddedCell(
      Path directory, EmbeddedPostgres postgres, Cell cell, EmbeddedBroker broker) {
    this.directory = directory;
    this.postgres = postgres;
    this.cell = cell;
    this.broker = broker;
  }

  static EmbeddedCell start(Path directory) throws Exception {
    EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"));
    EmbeddedPostgres postgres = postgres(directory);
    Properties config = Cell.config(broker.bootstrap(), "SASL_PLAINTEXT", directory);
    config.put("postgres.host", "127.0.0.1");
    config.put("postgres.port", Integer.toString(postgres.getPort()));
    config.put("postgres.database", "postgres");
    Cell cell =
        Cell.prepare(
            config, new Store(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "postgres"));
    return new EmbeddedCell(directory, postgres, cell, broker);
  }

  private static EmbeddedPostgres postgres(Path directory) throws IOException {
    File log = directory.resolve("postgres.log").toFile();
    return EmbeddedPostgres.builder()
        .setDataDirectory(directory.resolve("postgres"))
        .setOverrideWorkingDirectory(directory.resolve("postgres-binaries").toFile())
        .setPGStartupWait(Duration.ofSeconds(60))
        .setServerConfig("wal_level", "logical")
        .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log))
        .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  Cell cell() {
    return cell;
  }

  EmbeddedPostgres postgres() {
    return postgres;
  }

  Path brokerDirectory() {
    return directory.resolve("kafka");
  }

  /// Stops the broker, lets something be done to its files, and starts it again.
  void whileBrokerIsDown(FileWork work) throws Exception {
    broker.close();
    work.on(brokerDirectory());
    broker = EmbeddedBroker.start(brokerDirectory());
    cell.config().put("kafka.bootstrap.servers", broker.bootstrap());
  }

  /// What is done to a broker's directory.
  interface FileWork {
    void on(Path directory) throws IOException;
  }

  @Override
  public void close() throws IOException {
    cell.command().close();
    postgres.close();
    broker.close();
  }
}

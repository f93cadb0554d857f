package ai.rails.stream;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The contract on PostgreSQL 18 and a broker with SCRAM and ACLs, both on this machine.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedStreamTest implements StreamContract {
  @TempDir static Path directory;
  private EmbeddedPostgres postgres;
  private EmbeddedBroker broker;
  private Cell cell;

  @BeforeAll
  void start() throws Exception {
    broker = EmbeddedBroker.start(directory.resolve("kafka"));
    File log = directory.resolve("postgres.log").toFile();
    postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory.resolve("postgres"))
            .setOverrideWorkingDirectory(directory.resolve("postgres-binaries").toFile())
            .setPGStartupWait(Duration.ofSeconds(60))
            .setServerConfig("wal_level", "logical")
            .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log))
            .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log))
            .start();
    var config = Cell.config(broker.bootstrap(), "SASL_PLAINTEXT", directory);
    config.put("postgres.host", "127.0.0.1");
    config.put("postgres.port", Integer.toString(postgres.getPort()));
    config.put("postgres.database", "postgres");
    cell =
        Cell.prepare(
            config, new Store(postgres.getJdbcUrl("postgres", "postgres"), "postgres", "postgres"));
  }

  @AfterAll
  void stop() throws Exception {
    cell.command().close();
    postgres.close();
    broker.close();
  }

  @Override
  public Cell cell() {
    return cell;
  }

  @Override
  public Path directory() {
    return directory;
  }
}

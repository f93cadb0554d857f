package ai.rails.stream;

import java.nio.file.Path;

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
  private EmbeddedCell embedded;

  @BeforeAll
  void start() throws Exception {
    embedded = EmbeddedCell.start(directory);
  }

  @AfterAll
  void stop() throws Exception {
    embedded.close();
  }

  @Override
  public Cell cell() {
    return embedded.cell();
  }

  @Override
  public Path directory() {
    return directory;
  }
}

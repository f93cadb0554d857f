package ai.rails.app.bench;

import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/// The filled tables are those that the read side reads now.
@Tag("slow")
final class BundleTimesTest {
  @TempDir private Path folder;

  @Test
  void aRunInsideALogIsBundledAndVerified() throws Exception {
    try (var times = new BundleTimes(folder)) {
      LedgerFigures.Bundle measured = times.measure(2_000, ignored -> {});

      assertThat(measured.entries()).isEqualTo(2_000);
      assertThat(measured.runEntries()).isEqualTo(200);
      assertThat(measured.bytes()).isPositive();
    }
  }
}

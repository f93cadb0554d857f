package ai.rails.platform.evidence;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class BundleTest {
  @TempDir private Path scratch;

  @Test
  void whatIsWrittenIsVerified() throws Exception {
    var log = new SyntheticLog().worker().begin(1).begin(2).step(1, 1).step(2, 1).end(1).end(2);
    Bench bench = Bench.over(log, scratch);

    byte[] bundle = bench.write(log.ofRun(1));

    Files.write(Path.of("target/sample.zip"), bundle);
    assertThat(bench.verify(bundle).failures()).isEmpty();
    assertThat(bench.verify(bundle).verified()).as("%s", bench.verify(bundle).tree()).isTrue();
  }
}

package ai.rails.platform.evidence;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// A bundle that was written once and must verify for ever. If this fails, bundles in archives are
/// not readable any more: mend the verifier, not the file.
final class GoldenBundleTest {
  private static Path resource(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(GoldenBundleTest.class.getResource("/golden/" + name)).toURI());
  }

  @Test
  void verifies() throws Exception {
    Trust trust = Trust.directory(resource("trust"));

    Verdict verdict =
        new BundleVerifier(SyntheticLog.CODEC, DerivedFiles.NONE)
            .verify(resource("bundle.zip"), trust);

    assertThat(verdict.failures()).isEmpty();
    assertThat(verdict.verified()).as("%s", verdict.tree()).isTrue();
    assertThat(verdict.warnings()).isEmpty();
  }

  @Test
  void isReadWithoutBeingVerified() throws Exception {
    BundleContents contents = BundleContents.read(resource("bundle.zip"), SyntheticLog.CODEC);

    assertThat(contents.entryCount()).isEqualTo(6);
    assertThat(contents.scope()).containsEntry("kind", "run");
  }
}

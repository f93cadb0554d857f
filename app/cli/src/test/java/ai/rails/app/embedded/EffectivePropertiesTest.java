package ai.rails.app.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class EffectivePropertiesTest {
  @TempDir Path directory;

  @Test
  void whatWasWrittenIsReadBack() {
    Path file = directory.resolve(EffectiveProperties.FILE_NAME);
    EffectiveProperties written =
        EffectiveProperties.empty()
            .with(
                Map.of("opa.url", "http://127.0.0.1:1", "odd", " #a=b:c\\d\nö", "cell.id", "dev"));

    written.write(file);

    assertThat(EffectiveProperties.load(file)).isEqualTo(written);
  }

  @Test
  void theFileIsSortedWithoutADateAndReadableByItsOwnerOnly() throws Exception {
    Path file = directory.resolve(EffectiveProperties.FILE_NAME);

    EffectiveProperties.empty().with("b", "2").with("a", "1").write(file);

    assertThat(file).hasContent("a=1\nb=2\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aMissingKeyIsNamed() {
    assertThatThrownBy(() -> EffectiveProperties.empty().require("opa.url"))
        .hasMessageContaining("opa.url");
  }

  @Test
  void aSecretIsMadeOnceAndKept() {
    Path file = directory.resolve("secrets.properties");

    String made = Secrets.open(file, new SecureRandom()).of("opa.token");

    assertThat(made).hasSizeGreaterThanOrEqualTo(32);
    assertThat(Secrets.open(file, new SecureRandom()).of("opa.token")).isEqualTo(made);
    assertThat(Secrets.open(file, new SecureRandom()).of("other")).isNotEqualTo(made);
  }
}

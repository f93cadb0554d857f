package ai.rails.app.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class OpaBinaryTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"1.21.2,false", "1.21.3,true", "1.22.0,true", "0.99.9,false", "2.0.0,true"})
  void versionsBeforeTheStrippedSignatureFixAreInsufficient(String version, boolean sufficient) {
    assertThat(OpaBinary.sufficient(version)).isEqualTo(sufficient);
  }

  @Test
  void anOldOneIsRefusedWithTheReasonAndTheFix() throws Exception {
    Path old = program("old", "Version: 1.10.0");

    assertThatThrownBy(() -> OpaBinary.find(Map.of("AIRAILS_OPA", old.toString()), directory))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("1.10.0")
        .hasMessageContaining("stripped")
        .hasMessageContaining("go install");
  }

  @Test
  void anOldOneInFrontIsPassedOver() throws Exception {
    program(".tools/bin/opa", "Version: 1.10.0");
    Path good = program("path/opa", "Version: 1.22.0");

    OpaBinary found =
        OpaBinary.find(
            Map.of("HOME", directory.toString(), "PATH", directory.resolve("path").toString()),
            directory);

    assertThat(found).isEqualTo(new OpaBinary(good, "1.22.0"));
  }

  private Path program(String name, String output) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(java.util.Objects.requireNonNull(file.getParent()));
    Files.writeString(file, "#!/bin/sh\necho '" + output + "'\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}

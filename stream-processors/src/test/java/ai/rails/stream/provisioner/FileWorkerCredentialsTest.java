package ai.rails.stream.provisioner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FileWorkerCredentialsTest {
  private static final Map<String, String> SETTINGS =
      Map.of("security.protocol", "SASL_SSL", "sasl.jaas.config", "x password=\"p=1\";");

  @TempDir Path data;

  @Test
  void readsBackWhatItStoredAndNobodyElseCanReadIt() throws IOException {
    var credentials = new FileWorkerCredentials(data);

    credentials.store("t-1", SETTINGS);
    credentials.store("t-1", SETTINGS);

    Path file = data.resolve("tenants/t-1/worker-kafka.properties");
    assertThat(credentials.find("t-1")).contains(SETTINGS);
    assertThat(credentials.find("t-2")).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(file.getParent()).isDirectoryNotContaining("glob:**.draft");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../t-2", "a/b", "A", "t_1", "t.1"})
  void refusesATenantIdThatCouldReachElsewhere(String tenant) {
    var credentials = new FileWorkerCredentials(data);

    assertThatThrownBy(() -> credentials.store(tenant, SETTINGS))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

package ai.rails.app;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What the file of `rails up --servers` may say.
final class ElsewhereTest {
  @TempDir Path directory;

  @Test
  void whatItNamesIsNotStarted() {
    Elsewhere kafka = read(Map.of("kafka.bootstrap.servers", "k:9092"));

    assertThat(kafka.kafka()).isTrue();
    assertThat(kafka.postgres()).isFalse();
    assertThat(kafka.world()).isFalse();
  }

  @Test
  void theAdministratorsPasswordIsNotForComponents() {
    Elsewhere kafka =
        read(Map.of("kafka.bootstrap.servers", "k:9092", "kafka.user.admin.password", "secret-1"));

    assertThat(kafka.kafkaAdmin()).contains("secret-1");
    assertThat(kafka.forComponents()).containsOnlyKeys("kafka.bootstrap.servers");
    assertThat(kafka.toString()).doesNotContain("secret-1");
  }

  @Test
  void anotherKeyIsRefusedByItsName() {
    assertThatThrownBy(() -> read(Map.of("opa.url", "http://o")))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("opa.url");
  }

  @Test
  void aFileThatIsNotThereIsRefusedByItsName() {
    assertThatThrownBy(() -> Elsewhere.read(directory.resolve("none")))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("none");
  }

  private Elsewhere read(Map<String, String> values) {
    Path file = directory.resolve("servers.properties");
    new EffectiveProperties(new TreeMap<>(values)).write(file);
    return Elsewhere.read(file);
  }
}

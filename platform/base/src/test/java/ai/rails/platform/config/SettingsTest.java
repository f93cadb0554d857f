package ai.rails.platform.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SettingsTest {
  @Test
  void valuesHaveTypes() {
    Settings settings =
        Settings.of(
            Map.of(
                "cell.id", "c1",
                "command.port", "8080",
                "command.lease", "PT30S",
                "attestation.development", "true",
                "egress.ticket.public", "AQI="));

    assertThat(settings.required("cell.id")).isEqualTo("c1");
    assertThat(settings.port("command.port")).isEqualTo(8080);
    assertThat(settings.duration("command.lease", Duration.ZERO)).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.flag("attestation.development", false)).isTrue();
    assertThat(settings.base64("egress.ticket.public")).containsExactly(1, 2);
  }

  @Test
  void mistypedValuesNameKeyAndRule() {
    Settings settings = Settings.of(Map.of("command.port", "99999", "otel.on", "yes"));

    assertThatThrownBy(() -> settings.port("command.port"))
        .hasMessage("setting command.port must be a TCP port, 0 to 65535; it is 99999");
    assertThatThrownBy(() -> settings.flag("otel.on", false)).hasMessageContaining("true or false");
    assertThatThrownBy(() -> settings.required("cell.id")).hasMessageContaining("cell.id");
  }

  @Test
  void unknownKeysFail() {
    assertThatThrownBy(() -> Settings.of(Map.of("comand.port", "1")))
        .hasMessageContaining("comand.port");
    assertThatThrownBy(() -> Settings.of(Map.of("command port", "1")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void secretsAreNeverShown() {
    Settings settings =
        Settings.of(Map.of("postgres.app.password", "hunter2", "opa.token", "hunter2"));

    assertThat(settings.toString()).doesNotContain("hunter2").contains("opa.token=(hidden)");
    assertThatThrownBy(() -> settings.integer("opa.token")).message().doesNotContain("hunter2");
  }

  @Test
  void fileWithTheSameKeyTwiceFails(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("effective.properties");
    Files.writeString(file, "cell.id=c1\ncell.id=c2\n");

    assertThatThrownBy(() -> Settings.load(file)).hasMessageContaining("given twice");

    Files.writeString(file, "cell.id = c1 \n");
    assertThat(Settings.load(file).required("cell.id")).isEqualTo("c1");
  }
}

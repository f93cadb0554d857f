package ai.rails.stream.relay;

import java.util.Map;
import java.util.Properties;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OutboxConfigTest {
  @Test
  void resolvesWhatConnectsFileProviderWould() {
    Map<String, String> resolved = OutboxConfig.resolve(config());

    assertThat(resolved)
        .containsEntry("database.hostname", "db.internal")
        .containsEntry("database.password", "s$1{x}")
        .containsEntry("transforms.control.replacement", "cell.c1.control.v1")
        .containsEntry("predicates.isEvent.pattern", "rails\\.public\\.event")
        .containsEntry("transforms.event.route.topic.replacement", "t.${routedByValue}.events.v1");
    assertThat(resolved.values()).noneMatch(value -> value.contains("${file:"));
  }

  @Test
  void namesTheKeyThatIsMissing() {
    Properties config = config();
    config.remove("postgres.cdc.password");

    assertThatThrownBy(() -> OutboxConfig.resolve(config))
        .hasMessage("postgres.cdc.password is not configured; the relay needs it");
  }

  private static Properties config() {
    var config = new Properties();
    config.put("cell.id", "c1");
    config.put("postgres.host", "db.internal");
    config.put("postgres.port", "5432");
    config.put("postgres.database", "rails");
    config.put("postgres.cdc.user", "airails_cdc");
    config.put("postgres.cdc.password", "s$1{x}");
    return config;
  }
}

package ai.rails.standin;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.random.RandomGeneratorFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.standin.servicenow.InstanceSettings;
import ai.rails.standin.slack.Workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StandInsTest {
  @TempDir private Path folder;

  @Test
  void startsAllOfThemAndKeepsAJournalEach() {
    try (StandIns standIns = StandIns.start(settings(StandIns.Ports.free()))) {
      assertThat(standIns.serviceNow().uri().getHost()).isEqualTo("127.0.0.1");
      assertThat(standIns.anthropic().billedCalls()).isZero();
    }
    for (String service : new String[] {"servicenow", "slack", "openai", "azure", "anthropic"}) {
      assertThat(Files.exists(folder.resolve(service + ".jsonl"))).isTrue();
    }
  }

  @Test
  void leavesNothingRunningWhenOneCannotStart() {
    try (StandIns first = StandIns.start(settings(StandIns.Ports.free()))) {
      int taken = first.anthropic().port();
      int serviceNow = first.serviceNow().port();
      first.serviceNow().close();
      StandIns.Ports ports = new StandIns.Ports(serviceNow, 0, 0, 0, taken, 0, 0, 0);
      assertThatThrownBy(() -> StandIns.start(settings(ports)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining(":" + taken);
      try (StandIns again =
          StandIns.start(settings(new StandIns.Ports(serviceNow, 0, 0, 0, 0, 0, 0, 0)))) {
        assertThat(again.serviceNow().port()).isEqualTo(serviceNow);
      }
    }
  }

  private StandIns.Settings settings(StandIns.Ports ports) {
    StandIns.Secrets secrets =
        new StandIns.Secrets(
            InstanceSettings.withClient(
                "https://dev-instance.service-now.test", "client", "secret"),
            "webhook-secret",
            Workspace.of("https://slack.test", "xoxb-test", "signing-secret", Map.of("U1", "amy")),
            "sk-openai",
            "azure-key",
            "sk-ant",
            "sk_test",
            "agent@example.org/token",
            "zendesk-token",
            "1:token");
    return new StandIns.Settings(
        new Transport.Plain(),
        ports,
        secrets,
        folder,
        new MovableClock(),
        RandomGeneratorFactory.of("L64X128MixRandom").create(1),
        _ -> "{}");
  }
}

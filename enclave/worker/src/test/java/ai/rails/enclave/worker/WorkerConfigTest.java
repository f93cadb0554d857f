package ai.rails.enclave.worker;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLContext;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.SaslConfigs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.enclave.worker.FailPoint.Place;
import ai.rails.platform.config.Settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What a worker may be started with.
class WorkerConfigTest {
  @TempDir Path directory;

  @Test
  void aFailpointIsRefusedInProduction() {
    for (String kind : List.of("production", "staging")) {
      assertThatThrownBy(() ->
              config(Map.of("worker.failpoint", "after-intent", "worker.environment.kind", kind)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("worker.failpoint makes a worker crash");
    }
  }

  @Test
  void aFailpointWithoutAKindOfEnvironmentIsRefused() {
    assertThatThrownBy(() -> config(Map.of("worker.failpoint", "after-intent")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("worker.environment.kind");
  }

  @Test
  void anUnknownFailpointIsRefused() {
    WorkerConfig config =
        config(Map.of("worker.failpoint", "sometimes", "worker.environment.kind", "test"));

    assertThatThrownBy(config::failPoint)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("after-claim, after-intent, after-effect or before-outcome");
  }

  @Test
  void aFailpointStrikesOnceForEachCallAndAfterARestartNoMore() {
    var deaths = new ArrayList<String>();
    FailPoint first = FailPoint.once(Place.AFTER_INTENT, "", directory, () -> deaths.add("first"));
    FailPoint restarted =
        FailPoint.once(Place.AFTER_INTENT, "", directory, () -> deaths.add("restarted"));

    first.reached(Place.AFTER_CLAIM, "write", "call-1");
    first.reached(Place.AFTER_INTENT, "write", "call-1");
    restarted.reached(Place.AFTER_INTENT, "write", "call-1");
    restarted.reached(Place.AFTER_INTENT, "write", "call-2");

    assertThat(deaths).containsExactly("first", "restarted");
  }

  @Test
  void aFailpointOfOneStepSparesTheOthers() {
    var deaths = new ArrayList<String>();
    FailPoint point =
        FailPoint.once(Place.AFTER_EFFECT, "write", directory, () -> deaths.add("write"));

    point.reached(Place.AFTER_EFFECT, "fetch", "call-1");
    point.reached(Place.AFTER_EFFECT, "write", "call-2");

    assertThat(deaths).containsExactly("write");
  }

  @Test
  void theConsumerIsTheTenantsWorkerAndSharesItsGroupWithItsVersion() {
    Map<String, Object> consumer =
        config(
                Map.of(
                    "kafka.bootstrap.servers", "localhost:9092",
                    "kafka.security.protocol", "SASL_PLAINTEXT",
                    "kafka.sasl.mechanism", "SCRAM-SHA-512",
                    "kafka.user.tenant-tenant-1-worker.password", "a\"b"))
            .consumer(Bench.IDENTITY);

    assertThat(consumer.get(ConsumerConfig.GROUP_ID_CONFIG))
        .isEqualTo("t.tenant-1.worker.%s.dev".formatted(Triage.DIGEST.substring(7, 19)));
    assertThat(consumer.get(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG))
        .isEqualTo(Bench.IDENTITY.worker());
    assertThat(consumer.get(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG)).isEqualTo(false);
    assertThat(String.valueOf(consumer.get(SaslConfigs.SASL_JAAS_CONFIG)))
        .contains("username=\"tenant-tenant-1-worker\" password=\"a\\\"b\";");
  }

  @Test
  void aPlainAddressOfTheControlPlaneIsRefused() {
    var backoff = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2), new Random(1));

    for (String url :
        List.of(
            "http://control:1", "https://control:1/v1", "https://u@control:1", "https://c:1?x")) {
      assertThatThrownBy(() -> new Wire(URI.create(url), SSLContext.getDefault(), backoff))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("https://host:port");
    }
  }

  private WorkerConfig config(Map<String, String> more) {
    var settings =
        new HashMap<>(
            Map.of(
                "worker.url", "https://control:8443",
                "worker.tls.file", "worker.p12",
                "worker.tls.password", "secret",
                "tls.ca.file", "ca.pem",
                "worker.artifact.signing.public", "AAAA",
                "data.dir", directory.toString()));
    settings.putAll(more);
    return WorkerConfig.of(Settings.of(settings));
  }
}

package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

import com.google.crypto.tink.subtle.Ed25519Sign;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.enclave.release.ReleaseRefused;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Keys and the workflow: what a worker takes, and what it refuses.
class ReleaseTest {
  @TempDir Path directory;
  private Bench bench;

  @BeforeEach
  void start() throws Exception {
    bench = new Bench(directory);
    bench.world.reacts(order -> World.success("{}"));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void aWorkerShowsTheCertificateThatBindsIt() throws Exception {
    bench.worker();

    assertThat(bench.server.clients).contains(Bench.IDENTITY);
  }

  @Test
  void aPackageForAnotherWorkerIsRefused() {
    bench.keys.sealedFor = "worker-2";

    assertThatThrownBy(() -> bench.worker())
        .isInstanceOf(ReleaseRefused.class)
        .hasMessageContaining("does not open for worker worker-1");
  }

  @Test
  void keysForAnotherWorkflowVersionAreRefused() {
    bench.keys.releasedDigest = "sha256:" + "1".repeat(64);

    assertThatThrownBy(() -> bench.worker())
        .isInstanceOf(ReleaseRefused.class)
        .hasMessageContaining("this worker is bound to " + Triage.DIGEST);
  }

  @Test
  void anArtifactOfAnotherDigestIsRefused() {
    bench.keys.artifact = "{\"workflow\":\"other\"}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> bench.worker())
        .isInstanceOf(ReleaseRefused.class)
        .hasMessageContaining("nothing runs");
  }

  @Test
  void anArtifactThatThePublisherDidNotSignIsRefused() throws Exception {
    var other = Base64.getEncoder().encodeToString(Ed25519Sign.KeyPair.newKeyPair().getPublicKey());
    Path elsewhere = Files.createDirectory(directory.resolve("other"));

    try (var strict = new Bench(elsewhere, Map.of("worker.artifact.signing.public", other))) {
      assertThatThrownBy(() -> strict.worker())
          .isInstanceOf(ReleaseRefused.class)
          .hasMessageContaining("not as the configured publisher signed it");
    }
  }

  @Test
  void keysThatHaveExpiredAreRefused() {
    bench.keys.life = Duration.ofSeconds(-1);

    assertThatThrownBy(() -> bench.worker())
        .isInstanceOf(ReleaseRefused.class)
        .hasMessageContaining("expired");
  }

  @Test
  void aRefusedReleaseIsNotAskedForAgain() {
    bench.keys.refusing = true;

    assertThatThrownBy(() -> bench.worker())
        .isInstanceOf(ControlPlaneRefused.class)
        .hasMessageContaining("403 FORBIDDEN");

    assertThat(bench.server.requests("/releases")).hasSize(1);
  }

  @Test
  void policyThatSaysNoIsAskedAgainUnderAFreshNonce() throws Exception {
    bench.keys.policySaysNo.set(2);

    bench.worker();

    assertThat(bench.keys.releases).hasValue(1);
    assertThat(bench.server.requests("/nonces")).hasSize(3);
  }

  @Test
  void anUnavailableControlPlaneIsAskedAgain() throws Exception {
    bench.server.failuresAhead.set(3);

    bench.worker();

    assertThat(bench.keys.releases).hasValue(1);
  }

  @Test
  void keysAreRenewedUnderAFreshKeyBeforeTheyExpire() throws Exception {
    bench.keys.life = Duration.ofSeconds(3);
    bench.start();

    Eventually.holds("keys are renewed twice", () -> bench.keys.releases.get() >= 3);

    bench.complete("write.undo", Purpose.UNDO);
    assertThat(
            bench.server.requests("/releases").stream().map(ProtocolServer.Seen::body).distinct())
        .hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void workStopsWhenTheReleaseHasExpired() throws Exception {
    bench.keys.life = Duration.ofMillis(700);
    Worker worker = bench.start();
    bench.keys.refusing = true;
    Eventually.holds("the release has expired", () -> !worker.live());

    bench.send("fetch", 1, Purpose.PERFORM);
    Eventually.holds("the command waits", () -> bench.commands.paused);

    assertThat(bench.server.requests("/steps/claim")).isEmpty();
    assertThat(bench.commands.answered).isEmpty();
  }
}

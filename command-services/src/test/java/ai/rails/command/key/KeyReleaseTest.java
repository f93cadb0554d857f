package ai.rails.command.key;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.command.Soon;
import ai.rails.command.http.Office;
import ai.rails.domain.Refused;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;
import ai.rails.schema.worker.WorkerProtocol.ReleasedKeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("slow")
class KeyReleaseTest {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  @TempDir private static Path data;
  private static final List<DecisionRequest> ASKED = new CopyOnWriteArrayList<>();
  private static Office office;
  private static String digest;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1").furnished("t2");
    digest = office.one("SELECT digest FROM workflow_active WHERE tenant = 't1'");
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void workerGetsItsKeysSealedToItsKeyOnly() throws Exception {
    HpkeKeyPair own = HpkeKeyPair.generate();
    KeyPackage first = release(true, worker("w1"), own);
    KeyPackage second = release(true, worker("w1"), own);

    ReleasedKeys keys = open(first, "w1", own);
    assertThat(first.verdict()).isEqualTo("DEVELOPMENT");
    assertThat(keys.artifactDigest()).isEqualTo(digest);
    assertThat(keys.ingestKeys()).containsOnlyKeys("release", "snow-dev");
    assertThat(Base64.getDecoder().decode(keys.workflowKey())).hasSize(32);
    assertThat(open(second, "w1", own).workflowKey()).isEqualTo(keys.workflowKey());
    assertThat(second.leaseEpoch()).isEqualTo(first.leaseEpoch() + 1);
    assertThatThrownBy(() -> open(first, "w1", HpkeKeyPair.generate()))
        .isInstanceOf(java.security.GeneralSecurityException.class);
    assertThatThrownBy(() -> open(first, "w2", own))
        .isInstanceOf(java.security.GeneralSecurityException.class);
    assertThat(
            office.one(
                "SELECT string_agg(event_type, ' ' ORDER BY seq) FROM event"
                    + " WHERE tenant = 't1' AND stream_type = 'Worker' AND stream_id = 'w1'"))
        .isEqualTo(
            "WORKER_REGISTERED ATTESTATION_VERIFIED POLICY_EVALUATED KEY_RELEASED"
                + " ATTESTATION_VERIFIED POLICY_EVALUATED KEY_RELEASED");
  }

  @Test
  void ingestKeyOpensWhatAClientSealed() throws Exception {
    HpkeKeyPair own = HpkeKeyPair.generate();
    ReleasedKeys keys = open(release(true, worker("w2"), own), "w2", own);
    byte[] publicKey =
        Base64.getDecoder()
            .decode(
                office
                    .one(
                        "SELECT encode(ingest_public, 'base64') FROM connector_instance"
                            + " WHERE tenant = 't1' AND instance = 'snow-dev'")
                    .replace("\n", ""));
    byte[] sealed = HpkeKeyPair.seal(publicKey, new byte[] {4, 2}, "info");

    HpkeKeyPair ingest =
        HpkeKeyPair.of(Base64.getDecoder().decode(keys.ingestKeys().get("snow-dev")));
    assertThat(ingest.open(sealed, "info")).containsExactly(4, 2);
  }

  @Test
  void nonceIsSpentOnce() throws Exception {
    KeyRelease release = keyRelease(true);
    WorkerIdentity worker = worker("w3");
    ReleaseRequest asked = request(release.nonce(worker).nonce(), HpkeKeyPair.generate());
    assertThat(release.release(worker, asked, TRACE).verdict()).isEqualTo("DEVELOPMENT");

    assertThatThrownBy(() -> release.release(worker, asked, TRACE))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("nonce");
    ReleaseRequest foreign = request(release.nonce(worker).nonce(), HpkeKeyPair.generate());
    assertThatThrownBy(() -> release.release(worker("w4"), foreign, TRACE))
        .isInstanceOf(Refused.class);
  }

  @Test
  void nonceLivesAMinute() throws Exception {
    KeyRelease release = keyRelease(true);
    WorkerIdentity worker = worker("w5");
    ReleaseRequest asked = request(release.nonce(worker).nonce(), HpkeKeyPair.generate());
    office.now.set(Office.NOON.plus(Duration.ofSeconds(61)));
    try {
      assertThatThrownBy(() -> release.release(worker, asked, TRACE)).isInstanceOf(Refused.class);
    } finally {
      office.now.set(Office.NOON);
    }
  }

  @Test
  void withoutTheSettingNothingIsReleased() {
    long released = office.events("t1", "KEY_RELEASED");
    assertThatThrownBy(() -> release(false, worker("w6"), HpkeKeyPair.generate()))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("DEVELOPMENT_NOT_ALLOWED");
    assertThat(office.events("t1", "KEY_RELEASED")).isEqualTo(released);
    assertThat(office.events("t1", "KEY_RELEASE_REFUSED")).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "ROUTE, , POLICY_DENIED",
    "REQUIRE_HITL, , POLICY_DENIED",
    "REQUIRE_STEP_UP, , POLICY_DENIED",
    "THROTTLE, , POLICY_DENIED",
    "DENY, , POLICY_DENIED",
    "DENY, pdp_unreachable, POLICY_UNAVAILABLE"
  })
  void nothingButAnAllowReleasesKeys(Effect effect, String unavailable, String code) {
    long released = office.events("t1", "KEY_RELEASED");
    String name = "p-" + effect + "-" + code;
    KeyRelease release = keyRelease(true, effect, Optional.ofNullable(unavailable));
    String nonce = release.nonce(worker(name)).nonce();
    assertThatThrownBy(
            () -> release.release(worker(name), request(nonce, HpkeKeyPair.generate()), TRACE))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));

    assertThat(office.events("t1", "KEY_RELEASED")).isEqualTo(released);
    assertThat(office.bus.history("t1", "Worker", name))
        .extracting(recorded -> recorded.event().entryType().name())
        .containsExactly("POLICY_EVALUATED", "KEY_RELEASE_REFUSED");
    assertThat(
            office.store.number(
                "SELECT count(*) FROM worker WHERE tenant = 't1' AND worker = ?", name))
        .isZero();
  }

  @Test
  void policyIsToldWhatTheWorkerIsAndNothingElse() throws Exception {
    var _ = release(true, worker("w10"), HpkeKeyPair.generate());

    assertThat(ASKED.getLast().entryPoint()).isEqualTo("airails/key_release/guarded");
    assertThat(ASKED.getLast().input())
        .containsEntry("env", "dev")
        .containsEntry("worker", Map.of("id", "w10"))
        .containsOnlyKeys("schema", "env", "clock", "tenant", "worker", "workflow", "attestation");
  }

  @Test
  void workerStaysWithItsFirstWorkflowAndEnvironment() throws Exception {
    var _ = release(true, worker("w7"), HpkeKeyPair.generate());
    assertThatThrownBy(() ->
            release(true, new WorkerIdentity("t1", "w7", digest, "prod"), HpkeKeyPair.generate()))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("another workflow version or environment");
  }

  @Test
  void foreignArtifactIsNotFound() {
    assertThatThrownBy(() ->
            release(true, new WorkerIdentity("t3", "w8", digest, "dev"), HpkeKeyPair.generate()))
        .isInstanceOf(Refused.class);
  }

  @Test
  void floodOfNoncesEnds() {
    KeyRelease release = keyRelease(true);
    WorkerIdentity worker = worker("w9");
    for (int i = 0; i < 16; i++) {
      assertThat(release.nonce(worker).nonce()).isNotEmpty();
    }
    assertThatThrownBy(() -> release.nonce(worker)).isInstanceOf(Problem.class);
  }

  @Test
  void alteredArtifactIsNeverRun() throws Exception {
    String other = office.one("SELECT digest FROM workflow_active WHERE tenant = 't2'");
    office.store.asOwner(
        "UPDATE workflow_artifact SET artifact = artifact || '\\x20'::bytea WHERE tenant = 't2'");

    assertThatThrownBy(() -> fresh().load("t2", other))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(Refused.Code.ARTIFACT_ALTERED));
    Soon.until("the alteration is an event", () -> office.events("t2", "ARTIFACT_REFUSED") == 1);
  }

  private static ai.rails.command.workflow.StoredArtifacts fresh() {
    return new ai.rails.command.workflow.StoredArtifacts(
        office.store.app(),
        office.signing,
        new ai.rails.command.http.TestCompiler(),
        new ai.rails.command.workflow.ArtifactAlarm(() -> office.bus, office.ids));
  }

  private static KeyRelease keyRelease(boolean development) {
    return keyRelease(development, Effect.ALLOW, Optional.empty());
  }

  private static KeyRelease keyRelease(
      boolean development, Effect effect, Optional<String> unavailable) {
    return new KeyRelease(
        office.store.app(),
        office.bus,
        office.artifacts,
        new WorkerInstances(office.store.app()),
        office.secrets,
        new KeyPolicy(asked -> decision(asked, effect, unavailable), "c1"),
        development,
        office.clock,
        office.ids);
  }

  private static Decision decision(
      DecisionRequest asked, Effect effect, Optional<String> unavailable) {
    ASKED.add(asked);
    return new Decision(
        "d" + ASKED.size(),
        asked.entryPoint(),
        effect,
        List.of("because"),
        List.of(),
        "{}",
        "a".repeat(64),
        Map.of(),
        Map.of(),
        unavailable,
        Optional.empty());
  }

  private static KeyPackage release(boolean development, WorkerIdentity worker, HpkeKeyPair own)
      throws Exception {
    KeyRelease release = keyRelease(development);
    return release.release(worker, request(release.nonce(worker).nonce(), own), TRACE);
  }

  private static ReleaseRequest request(String nonce, HpkeKeyPair own) throws Exception {
    return new ReleaseRequest(
        nonce, "DEVELOPMENT", "", Base64.getEncoder().encodeToString(own.publicKey()));
  }

  private static ReleasedKeys open(KeyPackage sealed, String worker, HpkeKeyPair own)
      throws Exception {
    return Json.read(
        own.open(
            Base64.getDecoder().decode(sealed.sealed()),
            "airails|1|release|%s|%s".formatted(worker, sealed.releaseId())),
        ReleasedKeys.class);
  }

  private static WorkerIdentity worker(String name) {
    return new WorkerIdentity("t1", name, digest, "dev");
  }
}

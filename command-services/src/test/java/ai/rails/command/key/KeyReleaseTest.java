package ai.rails.command.key;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.format.Bytes;
import ai.rails.command.Soon;
import ai.rails.command.collateral.CollateralUnavailable;
import ai.rails.command.http.Office;
import ai.rails.command.key.Guests.Ask;
import ai.rails.domain.Refused;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.schema.worker.WorkerProtocol.Confirmation;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;
import ai.rails.schema.worker.WorkerProtocol.ReleasedKeys;
import ai.rails.simulator.DevelopmentIntel;
import ai.rails.simulator.SimulatedImage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Who gets keys, and who does not.
@Tag("slow")
class KeyReleaseTest {
  private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir private static Path data;
  private static final Guests GUESTS = new Guests();
  private static Office office;
  private static String digest;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1").furnished("t2");
    digest = office.one("SELECT digest FROM workflow_active WHERE tenant = 't1'");
  }

  @AfterEach
  void noonAgain() {
    office.now.set(Office.NOON);
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void workerGetsItsKeysSealedToItsAttestedKeyOnly() throws Exception {
    Ask own = ask("w1");
    ReleaseRequest asked = own.request(nonce(own));
    KeyPackage sealed = keyRelease().release(asking(own), asked);

    ReleasedKeys keys = own.open(asked, sealed);
    assertThat(sealed.verdict()).isEqualTo("SIMULATED");
    assertThat(keys.artifactDigest()).isEqualTo(digest);
    assertThat(keys.ingestKeys()).containsOnlyKeys("release", "snow-dev");
    assertThat(Base64.getDecoder().decode(keys.workflowKey())).hasSize(32);
    assertThatThrownBy(() -> ask("w1").open(asked, sealed))
        .as("another key, even of the same worker")
        .isInstanceOf(java.security.GeneralSecurityException.class);
    assertThat(holdsKeys("w1")).as("not before it is confirmed").isFalse();
    keyRelease().confirm(asking(own), own.confirmation(asked, sealed));
    assertThat(office.one("SELECT epoch::text FROM worker WHERE worker = 'w1'")).isEqualTo("1");

    Ask again = ask("w1");
    ReleaseRequest second = again.request(nonce(again));
    KeyPackage renewed = keyRelease().release(asking(again), second);
    assertThat(again.open(second, renewed).workflowKey()).isEqualTo(keys.workflowKey());
    assertThat(renewed.leaseEpoch()).isEqualTo(sealed.leaseEpoch() + 1);
    assertThat(events("w1"))
        .isEqualTo(
            "WORKER_REGISTERED COLLATERAL_ARCHIVED ATTESTATION_VERIFIED POLICY_EVALUATED"
                + " KEY_RELEASED KEY_RELEASE_CONFIRMED COLLATERAL_ARCHIVED ATTESTATION_VERIFIED"
                + " POLICY_EVALUATED KEY_RELEASED");
    assertThat(
            office.one(
                "SELECT string_agg(DISTINCT workspace, ' ') FROM event"
                    + " WHERE stream_type = 'Worker' AND stream_id = 'w1'"))
        .as("in the log of its workflow's workspace")
        .isEqualTo(office.one("SELECT workspace FROM workflow_active WHERE tenant = 't1'"));
  }

  @Test
  void eventHoldsWhatItTakesToJudgeAgain() throws Exception {
    Ask own = ask("w2");
    ReleaseRequest asked = own.request(nonce(own));
    var _ = keyRelease().release(asking(own), asked);

    AttestationVerified verified =
        office.bus.history("t1", "Worker", "w2").stream()
            .map(recorded -> recorded.event())
            .filter(AttestationVerified.class::isInstance)
            .map(AttestationVerified.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(verified.measurement()).isEqualTo(SimulatedImage.name());
    assertThat(verified.attested().orElseThrow())
        .satisfies(evidence -> {
          assertThat(evidence.evidence()).isEqualTo(asked.evidence());
          assertThat(evidence.nonce()).isEqualTo(asked.nonce());
          assertThat(evidence.trustDomain()).isEqualTo("DEVELOPMENT");
          assertThat(evidence.tcbStatus()).isEqualTo("UpToDate");
          assertThat(evidence.verifiedAt()).isEqualTo(Office.NOON);
        });
  }

  @Test
  void ingestKeyOpensWhatAClientSealed() throws Exception {
    Ask own = ask("w3");
    ReleaseRequest asked = own.request(nonce(own));
    ReleasedKeys keys = own.open(asked, keyRelease().release(asking(own), asked));
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
  void nonceIsSpentOnceEvenByManyAtOnce() throws Exception {
    Ask own = ask("w4");
    ReleaseRequest asked = own.request(nonce(own));
    var released = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        var _ =
            threads.submit(() -> {
              keyRelease().release(asking(own), asked);
              return released.incrementAndGet();
            });
      }
    }

    assertThat(released).hasValue(1);
    assertThatThrownBy(() -> keyRelease().release(asking(own), asked))
        .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo("NONCE_SPENT"));
    assertThat(events("w4")).containsOnlyOnce("KEY_RELEASED");
  }

  @Test
  void nonceIsOneWorkersForAMinuteAndSpentByARefusalToo() throws Exception {
    Ask own = ask("w5");
    ReleaseRequest late = own.request(nonce(own));
    office.now.set(Office.NOON.plus(Duration.ofSeconds(61)));
    refused(own, late, "NONCE_SPENT");
    office.now.set(Office.NOON);

    Ask other = ask("w6");
    refused(other, other.request(nonce(own)), "NONCE_SPENT");

    ReleaseRequest broken =
        own.as(SimulatedImage.launched(Bytes.copyOf(new byte[48]))).request(nonce(own));
    refused(own, broken, "KEY_RELEASE_REFUSED");
    refused(own, broken, "NONCE_SPENT");
  }

  @Test
  void evidenceOfAnotherRequestWorkerKeyOrServiceIsRefused() throws Exception {
    Ask own = ask("w7");
    Ask thief = ask("w7");
    ReleaseRequest genuine = own.request(nonce(own));
    ReleaseRequest swapped = thief.request(nonce(thief));
    mismatch(
        own,
        new ReleaseRequest(
            genuine.nonce(),
            "TDX",
            genuine.evidence(),
            Optional.empty(),
            swapped.hpkePublicKey(),
            "test/1",
            Optional.empty(),
            Optional.empty()));
    mismatch(
        own,
        new ReleaseRequest(
            nonce(own).nonce(),
            "TDX",
            genuine.evidence(),
            Optional.empty(),
            genuine.hpkePublicKey(),
            "test/1",
            Optional.empty(),
            Optional.empty()));
    Ask relayed = ask("w7");
    relayed.audience = "krs:elsewhere";
    mismatch(relayed, relayed.request(nonce(relayed)));
    Ask otherTls = ask("w7");
    otherTls.tlsKey = "8".repeat(64);
    mismatch(otherTls, otherTls.request(nonce(otherTls)));
    Ask lender = ask("w8");
    mismatch(own, lender.request(nonce(own)));
  }

  private static void mismatch(Ask asker, ReleaseRequest asked) {
    refused(asker, asked, "KEY_RELEASE_REFUSED");
    assertThat(Guests.lastRefusal(office, asker.identity.worker()).code())
        .isEqualTo("REPORT_DATA_MISMATCH");
  }

  @Test
  void approvedImageThatWasLaunchedForAnotherIsRefused() throws Exception {
    Ask own = ask("w9");
    for (Bytes purpose :
        List.of(
            ai.rails.attestation.Guest.mrConfigId("t2", "dev", digest),
            ai.rails.attestation.Guest.mrConfigId("t1", "prod", digest),
            ai.rails.attestation.Guest.mrConfigId("t1", "dev", "sha256:" + "0".repeat(64)),
            Bytes.copyOf(new byte[48]))) {
      ReleaseRequest asked = own.as(SimulatedImage.launched(purpose)).request(nonce(own));
      refused(own, asked, "KEY_RELEASE_REFUSED");
      assertThat(Guests.lastRefusal(office, "w9").code()).isEqualTo("LAUNCHED_FOR_ANOTHER");
      assertThat(Guests.lastRefusal(office, "w9").measurement()).contains(SimulatedImage.name());
    }
  }

  @Test
  void brokenOrStaleEvidenceIsRefusedWithItsReason() throws Exception {
    Ask own = ask("w10");
    Bytes debug = Bytes.copyOf(new byte[] {1, 0, 0, 16, 0, 0, 0, 0});
    own.as(SimulatedImage.launched(own.config()).withAttributes(debug));
    reason(keyRelease(), own, "TD_DEBUG");
    Ask fresh = ask("w10");
    reason(
        keyRelease(
            new EvidenceCheck(
                TrustRoots.vendors(),
                (_, _) -> {
                  throw new CollateralUnavailable("no platform");
                },
                GpuEvidence.NOTHING_VERIFIED,
                Guests.AUDIENCE)),
        fresh,
        "UNTRUSTED_ROOT");
    reason(keyRelease(new Guests().check()), other(), "UNTRUSTED_ROOT");
  }

  @ParameterizedTest
  @CsvSource({
    "PCK_REVOKED, PCK_REVOKED",
    "PLATFORM_CA_REVOKED, PCK_CA_REVOKED",
    "PLATFORM_REVOKED, TCB_REVOKED"
  })
  void revokedPlatformGetsNoKeys(DevelopmentIntel.Fault fault, String code) throws Exception {
    Guests guests = new Guests().with(fault);
    Ask own = new Ask(guests, worker("w11"));

    reason(keyRelease(guests.check()), own, code);
  }

  @Test
  void staleCollateralJudgesNothing() throws Exception {
    Guests guests = new Guests().collateralOf(Office.NOON.minus(Duration.ofDays(31)));
    Ask own = new Ask(guests, worker("w12"));

    reason(keyRelease(guests.check()), own, "COLLATERAL_EXPIRED");
  }

  @Test
  void malformedRequestsAreNeitherJudgedNorACrash() throws Exception {
    Ask own = ask("w13");
    String huge = "A".repeat(200_000);
    for (String evidence : List.of("", "%%%", huge, "AAAA")) {
      var asked =
          new ReleaseRequest(
              nonce(own).nonce(),
              "TDX",
              evidence,
              Optional.empty(),
              Base64.getEncoder().encodeToString(own.key.publicKey()),
              "test/1",
              Optional.empty(),
              Optional.empty());
      assertThatThrownBy(() -> keyRelease().release(asking(own), asked))
          .isInstanceOf(Problem.class);
    }
    assertThat(events("w13")).doesNotContain("KEY_RELEASED");
  }

  @Test
  void keysCountOnlyWhenTheirOpeningWasShown() throws Exception {
    Ask own = ask("w14");
    ReleaseRequest asked = own.request(nonce(own));
    KeyPackage sealed = keyRelease().release(asking(own), asked);
    Confirmation right = own.confirmation(asked, sealed);

    for (Confirmation wrong :
        List.of(
            new Confirmation(sealed.releaseId(), "AAAA"),
            new Confirmation("another", right.mac()))) {
      assertThatThrownBy(() -> keyRelease().confirm(asking(own), wrong))
          .isInstanceOf(RuntimeException.class);
    }
    office.now.set(Office.NOON.plus(Duration.ofSeconds(31)));
    assertThatThrownBy(() -> keyRelease().confirm(asking(own), right)).isInstanceOf(Problem.class);
    office.now.set(Office.NOON);
    keyRelease().confirm(asking(own), right);
    assertThatThrownBy(() -> keyRelease().confirm(asking(own), right))
        .as("once")
        .isInstanceOf(RuntimeException.class);
    assertThat(events("w14")).containsOnlyOnce("KEY_RELEASE_CONFIRMED");
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
  void nothingButAnAllowReleasesKeys(Effect effect, String unavailable, String code)
      throws Exception {
    String name = "p-" + effect + "-" + code;
    KeyRelease release = keyRelease(GUESTS.check(), effect, Optional.ofNullable(unavailable));
    Ask own = ask(name);
    ReleaseRequest asked = own.request(release.nonce(asking(own)));
    assertThatThrownBy(() -> release.release(asking(own), asked))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(code));

    assertThat(events(name)).isEqualTo("WORKER_REGISTERED POLICY_EVALUATED KEY_RELEASE_REFUSED");
    assertThat(
            office.store.number(
                "SELECT count(*) FROM worker WHERE tenant = 't1' AND worker = ?", name))
        .isZero();
  }

  @Test
  void workerThatInsistsOnAPolicyGetsNoKeysUnderAnother() throws Exception {
    Ask strict = ask("w15");
    strict.policy = Optional.of("b".repeat(64));
    refused(strict, strict.request(nonce(strict)), "OTHER_POLICY");
    Ask content = ask("w15");
    content.policy = Optional.of("a".repeat(64));
    assertThat(
            keyRelease().release(asking(content), content.request(nonce(content))).policyRevision())
        .isEqualTo(Guests.REVISION);
  }

  @Test
  void policyIsToldWhatTheWorkerIsAndNothingElse() throws Exception {
    Ask own = ask("w16");
    var _ = keyRelease().release(asking(own), own.request(nonce(own)));

    assertThat(Guests.ASKED.getLast().entryPoint()).isEqualTo("airails/key_release/guarded");
    assertThat(Guests.ASKED.getLast().input())
        .containsEntry("env", "dev")
        .containsEntry("worker", Map.of("id", "w16"))
        .containsOnlyKeys("schema", "env", "clock", "tenant", "worker", "workflow", "attestation");
    assertThat((Map<?, ?>) Guests.ASKED.getLast().input().get("attestation"))
        .extracting("kind", "verdict", "measurement", "tcb_status", "attributes")
        .containsExactly(
            "SIMULATOR", "SIMULATED", SimulatedImage.name(), "UpToDate", "td-0000001000000000");
  }

  @Test
  void workerStaysWithItsFirstWorkflowAndEnvironment() throws Exception {
    Ask own = ask("w17");
    var _ = nonce(own);
    Ask moved = new Ask(GUESTS, new WorkerIdentity("t1", "w17", digest, "prod"));
    assertThatThrownBy(() -> nonce(moved))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("another workflow version or environment");
    Ask foreign = new Ask(GUESTS, new WorkerIdentity("t3", "w18", digest, "dev"));
    assertThatThrownBy(() -> nonce(foreign)).isInstanceOf(Refused.class);
  }

  @Test
  void floodOfNoncesEnds() throws Exception {
    Ask own = ask("w19");
    for (int i = 0; i < 16; i++) {
      assertThat(nonce(own).nonce()).isNotEmpty();
    }
    assertThatThrownBy(() -> nonce(own)).isInstanceOf(Problem.class);
  }

  @Test
  void alteredArtifactIsNeverRun() throws Exception {
    String other = office.one("SELECT digest FROM workflow_active WHERE tenant = 't2'");
    office.store.asOwner(
        "UPDATE workflow_artifact SET artifact = artifact || '\\x20'::bytea WHERE tenant = 't2'");

    assertThatThrownBy(() -> Guests.fresh(office).load("t2", other))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(Refused.Code.ARTIFACT_ALTERED));
    Soon.until("the alteration is an event", () -> office.events("t2", "ARTIFACT_REFUSED") == 1);
  }

  private static void reason(KeyRelease release, Ask own, String code) throws Exception {
    ReleaseRequest asked = own.request(release.nonce(asking(own)));
    assertThatThrownBy(() -> release.release(asking(own), asked))
        .isInstanceOfSatisfying(
            Problem.class, p -> assertThat(p.code()).isEqualTo("KEY_RELEASE_REFUSED"));
    assertThat(Guests.lastRefusal(office, own.identity.worker()).code()).isEqualTo(code);
  }

  private static void refused(Ask own, ReleaseRequest asked, String code) {
    assertThatThrownBy(() -> keyRelease().release(asking(own), asked))
        .isInstanceOfSatisfying(Problem.class, p -> assertThat(p.code()).isEqualTo(code));
  }

  private static boolean holdsKeys(String worker) {
    return office
        .store
        .app()
        .inTenant("t1", connection -> WorkerInstances.holdsKeys(connection, worker(worker), false));
  }

  private static String events(String worker) {
    return office.one(
        "SELECT string_agg(event_type, ' ' ORDER BY seq) FROM event"
            + " WHERE tenant = 't1' AND stream_type = 'Worker' AND stream_id = '"
            + worker
            + "'");
  }

  private static ai.rails.schema.worker.WorkerProtocol.Nonce nonce(Ask own) {
    return keyRelease().nonce(asking(own));
  }

  private static Ask ask(String worker) throws Exception {
    return new Ask(GUESTS, worker(worker));
  }

  private static Ask other() throws Exception {
    return ask("o" + NAMES.incrementAndGet());
  }

  private static KeyRelease.Asking asking(Ask own) {
    return new KeyRelease.Asking(own.identity, Guests.TLS_KEY, TRACE);
  }

  private static KeyRelease keyRelease() {
    try {
      return keyRelease(GUESTS.check());
    } catch (ai.rails.attestation.format.Malformed e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyRelease keyRelease(EvidenceCheck check) {
    return keyRelease(check, Effect.ALLOW, Optional.empty());
  }

  private static KeyRelease keyRelease(
      EvidenceCheck check, Effect effect, Optional<String> unavailable) {
    return new KeyRelease(
        office.store.app(),
        office.bus,
        office.artifacts,
        new WorkerInstances(office.store.app()),
        office.secrets,
        check,
        new KeyPolicy(asked -> Guests.decision(asked, effect, unavailable), "c1"),
        office.clock,
        office.ids);
  }

  private static WorkerIdentity worker(String name) {
    return new WorkerIdentity("t1", name, digest, "dev");
  }
}

package ai.rails.platform.evidence;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.Guest;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.Verifier;
import ai.rails.attestation.WorkerBinding;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.evidence.KernelReports;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.verdict.Verdict.Accepted;
import ai.rails.domain.Actor;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.worker.AttestedEvidence;
import ai.rails.domain.worker.WorkerEvent;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.simulator.DevelopmentIntel;
import ai.rails.simulator.SimulatedImage;
import ai.rails.simulator.SimulatedTd;

import static org.assertj.core.api.Assertions.assertThat;

/// A run's bundle with its worker's evidence, judged again by whoever verifies it.
class AttestedBundleTest {
  private static final Instant NOW = Instant.ofEpochMilli(SyntheticLog.START);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final DevelopmentIntel INTEL = DevelopmentIntel.create(NOW, RANDOM);
  private static final Collateral COLLATERAL =
      INTEL.collateral(NOW.minus(Duration.ofMinutes(1)), NOW.plus(Duration.ofDays(30)), Set.of());
  private static final String ARTIFACT = "sha256:" + "a".repeat(64);
  private static final String NONCE = base64(Bytes.copyOf(new byte[32]));
  private static final Actor WORKER = new Actor(Actor.Kind.WORKER, "w-1");

  @TempDir Path directory;

  @Test
  void evidenceIsAcceptedAgainAndSaidToBeSimulated() throws Exception {
    Verdict verdict = verdict(attested(), 900, each -> each);

    assertThat(verdict.failures()).isEmpty();
    assertThat(verdict.toString()).contains("1 acts of workers", "TDX UpToDate");
    assertThat(verdict.warnings()).anyMatch(each -> each.startsWith("ATTESTATION IS SIMULATED"));
    assertThat(verdict.notVerified()).noneMatch(each -> each.startsWith("on what hardware"));
  }

  @Test
  void anotherImageTcbWorkerOrPolicyThanTheEvidenceSaysIsRefused() throws Exception {
    AttestationVerified genuine = attested();
    AttestedEvidence said = genuine.attested().orElseThrow();
    refused(
        new AttestationVerified(
            "w-1",
            "SIMULATED",
            "tdx:" + "0".repeat(64),
            genuine.evidenceSha256(),
            genuine.attested()),
        "something else than was recorded");
    refused(
        new AttestationVerified(
            "w-1", "VERIFIED", genuine.measurement(), genuine.evidenceSha256(), genuine.attested()),
        "something else than was recorded");
    refused(with(genuine, said, "OutOfDate", said.nonce(), ARTIFACT), "something else");
    refused(
        with(genuine, said, said.tcbStatus(), base64(Bytes.copyOf(new byte[31])), ARTIFACT),
        "not bound to this worker");
    refused(
        with(genuine, said, said.tcbStatus(), said.nonce(), "sha256:" + "b".repeat(64)),
        "not bound to this worker");
  }

  @Test
  void workThatWasDoneWithoutKeysIsRefused() throws Exception {
    Verdict late = verdict(attested(), 1, each -> each);
    assertThat(late.failures()).anyMatch(each -> each.toString().contains("had expired"));

    Verdict unconfirmed =
        verdict(
            attested(),
            900,
            events -> {
              var less = new ArrayList<>(events);
              less.removeLast();
              return less;
            });
    assertThat(unconfirmed.failures())
        .anyMatch(each -> each.toString().contains("no entry says that it held keys"));

    Verdict revoked =
        verdict(
            attested(),
            900,
            events -> {
              var more = new ArrayList<>(events);
              more.add(new WorkerEvent.WorkerTerminated("w-1", "REVOKED_COMPROMISED"));
              return more;
            });
    assertThat(revoked.failures())
        .anyMatch(each -> each.toString().contains("REVOKED_COMPROMISED"));

    Verdict withoutCollateral =
        verdict(attested(), 900, events -> events.subList(1, events.size()));
    assertThat(withoutCollateral.failures())
        .anyMatch(each -> each.toString().contains("collateral that it was judged with"));
  }

  @Test
  void aCallOfARunnerIsSaidToBeUnattested() throws Exception {
    Verdict verdict =
        verdict(attested(), 900, each -> each, Optional.of("plant-1"), Optional.of("plant-1"));

    assertThat(verdict.failures()).isEmpty();
    assertThat(verdict.warnings())
        .anyMatch(each -> each.startsWith("UNATTESTED: runner plant-1 made 1 call"));
    assertThat(verdict.toString()).contains("UNATTESTED: 1 by runner plant-1");
  }

  @Test
  void aCallThatIsAnsweredByAnotherThanItWasLetGoToIsRefused() throws Exception {
    for (Optional<String> other : List.of(Optional.<String>empty(), Optional.of("plant-2"))) {
      Verdict verdict = verdict(attested(), 900, each -> each, Optional.of("plant-1"), other);

      assertThat(verdict.failures())
          .anyMatch(each -> each.toString().contains("was let go to runner plant-1"));
    }
  }

  private void refused(AttestationVerified verified, String because) throws Exception {
    assertThat(verdict(verified, 900, each -> each).failures())
        .anyMatch(each -> each.toString().contains(because));
  }

  /// A run with one act of the worker, and what its log says of the worker before.
  private Verdict verdict(
      AttestationVerified verified, int keysForSeconds, UnaryOperator<List<WorkerEvent>> bent)
      throws Exception {
    return verdict(verified, keysForSeconds, bent, Optional.empty(), Optional.empty());
  }

  /// With a call that was let go to one and answered by another.
  private Verdict verdict(
      AttestationVerified verified,
      int keysForSeconds,
      UnaryOperator<List<WorkerEvent>> bent,
      Optional<String> goneTo,
      Optional<String> answeredBy)
      throws Exception {
    var log = new SyntheticLog();
    Instant until = NOW.plus(Duration.ofSeconds(keysForSeconds));
    List<WorkerEvent> events =
        List.of(
            new WorkerEvent.CollateralArchived(
                "w-1",
                COLLATERAL.sha256().hex(),
                "TDX",
                COLLATERAL.parts().stream().map(AttestedBundleTest::base64).toList()),
            verified,
            new WorkerEvent.KeyReleaseEvaluated("w-1", allow()),
            new WorkerEvent.KeyReleased("w-1", "r1", List.of("workflow:" + ARTIFACT), 1, until),
            new WorkerEvent.KeyReleaseConfirmed("w-1", "r1", 1));
    List<WorkerEvent> told = bent.apply(events);
    told.forEach(event -> log.append(Optional.empty(), WORKER, event));
    log.begin(1);
    String run = SyntheticLog.run(1);
    if (goneTo.isPresent()) {
      log.append(Optional.of(run), WORKER, intended(run, goneTo));
      log.append(
          Optional.of(run),
          WORKER,
          new RunEvent.ToolActionExecuted(
              run,
              "read",
              "call-1",
              1,
              RunEvent.Outcome.SUCCESS,
              "OK",
              200,
              "",
              1,
              false,
              false,
              answeredBy));
    }
    log.append(
        Optional.of(run),
        WORKER,
        new RunEvent.StepCompleted(run, "read", 1, false, Map.of(), Optional.empty()));
    log.append(
        Optional.of(run),
        new Actor(Actor.Kind.SERVICE, "engine"),
        new RunEvent.RunCompleted(run, new Money("USD", 0)));
    Bench bench = Bench.over(log, directory);
    SyntheticLog.Source source = log.ofRun(1);
    byte[] bundle = bench.write(source.with(log.entries), Bench.DOCUMENTS);
    return bench.verify(bundle, bench.trust(), Bench.DOCUMENTS);
  }

  private static RunEvent.ToolActionIntended intended(String run, Optional<String> runner) {
    return new RunEvent.ToolActionIntended(
        run,
        "read",
        1,
        1,
        "call-1",
        "servicenow",
        "get-incident",
        ARTIFACT,
        "snow-1",
        "erp.example",
        443,
        ARTIFACT,
        "key-1",
        RunEvent.IdempotencyClass.U,
        1,
        1,
        "d1",
        Map.of(),
        new SealedRef("read/call/1", "e".repeat(64), 9),
        runner);
  }

  private static AttestationVerified attested() throws Exception {
    Bytes key = Bytes.copyOf(new byte[32]);
    var binding =
        new WorkerBinding(
            "krs:test",
            "acme",
            "dev",
            "w-1",
            ARTIFACT,
            Bytes.copyOf(new byte[32]),
            key,
            Bytes.copyOf(new byte[0]),
            "test/1",
            "");
    var td =
        new SimulatedTd(
            INTEL.platform(),
            SimulatedImage.launched(Guest.mrConfigId("acme", "dev", ARTIFACT)),
            RANDOM);
    Evidence evidence =
        new KernelReports(td.reports(), () -> "r" + RANDOM.nextLong())
            .gather(binding.reportData())
            .evidence();
    Accepted yes =
        (Accepted) Verifier.verify(evidence, COLLATERAL, TrustRoots.of(List.of(INTEL.root())), NOW);
    Guest guest = Guest.of(yes.claims());
    return new AttestationVerified(
        "w-1",
        "SIMULATED",
        guest.image(),
        yes.evidenceSha256().hex(),
        Optional.of(
            new AttestedEvidence(
                "TDX",
                "DEVELOPMENT",
                yes.rootSha256().hex(),
                "UpToDate",
                List.of(),
                Optional.empty(),
                1,
                guest.platform(),
                guest.attributes(),
                COLLATERAL.sha256().hex(),
                NOW,
                yes.validity().to(),
                "krs:test",
                NONCE,
                base64(key),
                "",
                ARTIFACT,
                "test/1",
                Optional.empty(),
                base64(evidence.content()))));
  }

  private static AttestationVerified with(
      AttestationVerified genuine,
      AttestedEvidence said,
      String tcbStatus,
      String nonce,
      String artifact) {
    return new AttestationVerified(
        "w-1",
        genuine.verdict(),
        genuine.measurement(),
        genuine.evidenceSha256(),
        Optional.of(
            new AttestedEvidence(
                said.tee(),
                said.trustDomain(),
                said.rootSha256(),
                tcbStatus,
                said.advisories(),
                said.tcbDate(),
                said.evaluationNumber(),
                said.platform(),
                said.attributes(),
                said.collateralSha256(),
                said.verifiedAt(),
                said.validUntil(),
                said.audience(),
                nonce,
                said.hpkePublicKey(),
                said.tlsKeySha256(),
                artifact,
                said.runtime(),
                said.policySha256(),
                said.evidence())));
  }

  private static Decision allow() {
    return new Decision(
        "d1",
        "airails/key_release/guarded",
        Decision.Effect.ALLOW,
        List.of("key.attested"),
        List.of(),
        "{}",
        "0".repeat(64),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  private static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toArray());
  }
}

package ai.rails.command.collateral;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.Verifier;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.verdict.Reason;
import ai.rails.attestation.verdict.Verdict;
import ai.rails.command.TestStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// AMD's collateral by URL, against a strict stand-in of its service, with the real cache and
/// store.
@Tag("slow")
class AmdServiceTest {
  private static final Instant NOON = AmdPki.NOON;
  private static TestStore store;
  private static AmdPki pki;

  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  private AmdStandIn amd;
  private AmdService service;

  @BeforeAll
  static void begin() {
    store = TestStore.open();
    pki = new AmdPki();
  }

  @AfterAll
  static void end() {
    store.close();
  }

  @BeforeEach
  void start() throws Exception {
    store.execute("DELETE FROM collateral_set");
    amd = new AmdStandIn(pki);
    service = new AmdService(amd.uri(), _ -> Optional.empty(), now::get);
  }

  @AfterEach
  void stop() {
    service.close();
    amd.close();
  }

  private static TrustRoots roots() throws Exception {
    return TrustRoots.of(List.of(Bytes.copyOf(pki.root)));
  }

  private CollateralCache cache() throws Exception {
    return new CollateralCache(
        new CollateralCache.Services(Optional.empty(), Optional.of(service)),
        roots(),
        new CollateralRows(store.app()),
        now::get);
  }

  private Verdict verdict(Evidence evidence, Collateral collateral) throws Exception {
    return Verifier.verify(evidence, collateral, roots(), now.get());
  }

  @Test
  void aChipsKeyItsChainAndTheRevocationsAreFetchedAndVerify() throws Exception {
    Evidence report = pki.report(false);

    Verdict verdict = verdict(report, cache().of(report, Optional.empty()));

    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    assertThat(verdict.checks())
        .as("the revocation list was looked at")
        .noneMatch(check -> check.toString().contains("SKIPPED"));
    assertThat(amd.asked)
        .containsExactlyInAnyOrder(
            "/vcek/v1/Milan/cert_chain",
            "/vcek/v1/Milan/crl",
            "/vcek/v1/Milan/%s?blSPL=3&teeSPL=0&snpSPL=8&ucodeSPL=115".formatted("c5".repeat(64)));
  }

  @Test
  void ofAProvidersKeyTheHostShowsTheCertificateAndAmdTheRest() throws Exception {
    Evidence report = pki.report(true);

    Collateral collateral = cache().of(report, Optional.of(pki.table()));

    assertThat(verdict(report, collateral)).isInstanceOf(Verdict.Accepted.class);
    assertThat(((Collateral.Snp) collateral).revocations()).isPresent();
    assertThat(amd.asked).containsExactly("/vlek/v1/Milan/cert_chain", "/vlek/v1/Milan/crl");
    assertThatThrownBy(() -> cache().of(report, Optional.empty()))
        .isInstanceOf(CollateralUnavailable.class);
  }

  @Test
  void aChipsCertificateIsAskedForOnceForEver() throws Exception {
    Evidence report = pki.report(false);
    Collateral first = cache().of(report, Optional.empty());
    amd.asked.clear();
    assertThat(cache().of(report, Optional.empty())).as("after a restart").isEqualTo(first);
    assertThat(amd.asked).isEmpty();

    now.set(NOON.plus(Duration.ofHours(7)));
    amd.revocations = pki.revocations(now.get(), false);
    Collateral renewed = cache().of(report, Optional.empty());

    assertThat(amd.asked).containsExactly("/vcek/v1/Milan/cert_chain", "/vcek/v1/Milan/crl");
    assertThat(renewed.parts().getLast()).isEqualTo(Bytes.copyOf(amd.revocations));
    assertThat(renewed.parts().getFirst()).isEqualTo(first.parts().getFirst());
  }

  @Test
  void whatAmdRevokedIsRefusedOnceItsListIsSeen() throws Exception {
    Evidence report = pki.report(false);
    assertThat(verdict(report, cache().of(report, Optional.empty())))
        .isInstanceOf(Verdict.Accepted.class);
    now.set(NOON.plus(Duration.ofHours(7)));
    amd.revocations = pki.revocations(now.get(), true);

    Verdict verdict = verdict(report, cache().of(report, Optional.empty()));

    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, no -> assertThat(no.reason()).isEqualTo(Reason.CA_REVOKED));
  }

  @Test
  void theLastSetServesWhileTheServiceIsAwayAndAnOlderListIsAReplay() throws Exception {
    Evidence report = pki.report(false);
    CollateralCache cache = cache();
    Collateral first = cache.of(report, Optional.empty());
    now.set(NOON.plus(Duration.ofHours(7)));
    amd.away = true;
    assertThat(cache.of(report, Optional.empty())).isEqualTo(first);
    amd.away = false;

    amd.revocations = pki.revocations(NOON.minus(Duration.ofDays(2)), false);
    assertThat(cache.of(report, Optional.empty())).isEqualTo(first);

    now.set(NOON.plus(Duration.ofDays(31)));
    amd.away = true;
    assertThat(verdict(report, cache.of(report, Optional.empty())))
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            no -> assertThat(no.reason()).isEqualTo(Reason.COLLATERAL_EXPIRED));
  }

  @Test
  void aServiceThatWantsToBeLeftAloneIs() throws Exception {
    Evidence report = pki.report(false);
    amd.throttling = true;
    CollateralCache cache = cache();
    assertThatThrownBy(() -> cache.of(report, Optional.empty()))
        .isInstanceOf(CollateralUnavailable.class)
        .hasMessageContaining("429");
    amd.throttling = false;
    now.set(NOON.plusSeconds(89));

    assertThatThrownBy(() -> cache.of(report, Optional.empty())).hasMessageContaining("left alone");

    assertThat(amd.asked).hasSize(1);
    now.set(NOON.plusSeconds(90));
    assertThat(verdict(report, cache.of(report, Optional.empty())))
        .isInstanceOf(Verdict.Accepted.class);
  }

  @Test
  void whatNobodyCanAskAmdForIsUnavailableAndNotRefused() throws Exception {
    CollateralCache cache = cache();

    assertThatThrownBy(() -> cache.of(pki.report(false, new byte[64], 3), Optional.empty()))
        .isInstanceOf(CollateralUnavailable.class)
        .hasMessageContaining("masks");
    assertThatThrownBy(() -> cache.of(pki.report(false, AmdPki.CHIP, 2), Optional.empty()))
        .isInstanceOf(CollateralUnavailable.class)
        .hasMessageContaining("version 3");
    byte[] other = AmdPki.CHIP.clone();
    other[0] = 1;
    assertThatThrownBy(() -> cache.of(pki.report(false, other, 3), Optional.empty()))
        .isInstanceOf(CollateralUnavailable.class)
        .hasMessageContaining("404");
    assertThat(Verifier.signatures(pki.report(false), roots())).isEmpty();
  }

  @Test
  void evidenceOfAChipWhoseKeyAmdDoesNotHaveIsNotAccepted() throws Exception {
    Evidence report = pki.report(false);
    Collateral collateral = cache().of(report, Optional.empty());
    byte[] changed = report.content().toArray();
    changed[0x90] ^= 1;

    Verdict verdict = verdict(new Evidence(report.tee(), Bytes.copyOf(changed)), collateral);

    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            no -> assertThat(no.reason()).isEqualTo(Reason.REPORT_SIGNATURE));
  }
}

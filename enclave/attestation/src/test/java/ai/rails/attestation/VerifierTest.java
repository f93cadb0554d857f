package ai.rails.attestation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.verdict.Check;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.Component;
import ai.rails.attestation.verdict.Reason;
import ai.rails.attestation.verdict.TcbStatus;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.TrustDomain;
import ai.rails.attestation.verdict.Validity;
import ai.rails.attestation.verdict.Verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Genuine evidence is accepted with what it says, and one wrong thing beside it is named.
final class VerifierTest {
  @Test
  void quoteOfVersion4IsAcceptedWithItsPlatformAndStatus() {
    Verdict.Accepted accepted = accepted(Samples.v4(Samples.bytes("tdx-v4.bin")));

    assertThat(accepted.domain()).isEqualTo(TrustDomain.PRODUCTION);
    assertThat(accepted.claims().measurement().hex()).startsWith("dae67181d3d65e07");
    assertThat(accepted.tcb())
        .hasValueSatisfying(tcb -> {
          assertThat(tcb.status()).isEqualTo(TcbStatus.UP_TO_DATE);
          assertThat(tcb.evaluationDataNumber()).isEqualTo(17);
        });
    assertThat(accepted.checks()).allMatch(check -> check.outcome() == Check.Outcome.PASSED);
    assertThat(accepted.claims())
        .isInstanceOfSatisfying(
            Claims.Tdx.class, tdx -> assertThat(tdx.pck().orElseThrow().pceSvn()).isEqualTo(11));
  }

  @Test
  void quoteOfVersion5TellsLaunchFromNow() {
    Verdict verdict =
        Verifier.verify(
            Evidence.tdx(Samples.bytes("tdx-v5.bin")),
            Samples.collateral("collateral-v5"),
            Samples.VENDORS,
            Samples.V5_TIME);

    assertThat(accepted(verdict).tcb().orElseThrow().current()).contains(TcbStatus.UP_TO_DATE);
  }

  @Test
  void genuineTdInDebugModeIsRefused() {
    Verdict verdict =
        Verifier.verify(
            Evidence.tdx(Samples.bytes("tdx-debug.bin")),
            Samples.collateral("collateral-debug"),
            Samples.VENDORS,
            Samples.DEBUG_TIME);

    Verdict.Rejected rejected = rejected(verdict, Reason.TD_DEBUG);
    assertThat(rejected.component()).isEqualTo(Component.TD_REPORT);
    assertThat(rejected.unproven()).isPresent();
    assertThat(rejected.checks().getLast().outcome()).isEqualTo(Check.Outcome.FAILED);
  }

  @Test
  void reportIsAcceptedAndSaysThatRevocationWasNotLookedAt() {
    Verdict.Accepted accepted = accepted(Samples.snp(Samples.bytes("snp-milan.bin")));

    assertThat(accepted.tee()).isEqualTo(Tee.SEV_SNP);
    assertThat(accepted.tcb()).isEmpty();
    assertThat(accepted.checks())
        .filteredOn(check -> check.outcome() == Check.Outcome.SKIPPED)
        .extracting(Check::component)
        .containsExactly(Component.REVOCATION);
  }

  @Test
  void revocationListThatIsNoneRefusesReport() {
    Collateral.Snp amd = Samples.amd();
    Verdict verdict =
        Verifier.verify(
            Evidence.snp(Samples.bytes("snp-milan.bin")),
            new Collateral.Snp(
                amd.endorsementKey(), amd.signingKey(), Optional.of(amd.signingKey())),
            Samples.VENDORS,
            Samples.SNP_TIME);

    rejected(verdict, Reason.CRL_INVALID);
  }

  @Test
  void windowsIncludeTheirEndsAndNothingMore() {
    Validity validity = accepted(Samples.v4(Samples.bytes("tdx-v4.bin"))).validity();

    accepted(at(validity.from()));
    accepted(at(validity.to()));
    rejected(at(validity.from().minusSeconds(1)), Reason.COLLATERAL_NOT_YET_VALID);
    rejected(at(validity.to().plusNanos(1)), Reason.COLLATERAL_EXPIRED);
    rejected(at(Instant.MIN), Reason.CERT_NOT_YET_VALID);
    rejected(at(Instant.MAX), Reason.CERT_EXPIRED);
  }

  @Test
  void developmentQuoteIsGenuineUnderItsRootAloneAndSaysSo() {
    Evidence evidence = Evidence.tdx(Samples.bytes("development.bin"));
    Collateral collateral = Samples.collateral("collateral-development");
    Instant at = Samples.DEVELOPMENT_TIME;

    Verdict own = Verifier.verify(evidence, collateral, Samples.developmentRoots(), at);
    Verdict vendors = Verifier.verify(evidence, collateral, Samples.VENDORS, at);

    assertThat(accepted(own).domain()).isEqualTo(TrustDomain.DEVELOPMENT);
    rejected(vendors, Reason.UNTRUSTED_ROOT);
    assertThat(Samples.VENDORS.areVendors()).isTrue();
    assertThat(Samples.developmentRoots().areVendors()).isFalse();
  }

  @Test
  void rootsOfTheOtherVendorTrustNothing() {
    Verdict report =
        Verifier.verify(
            Evidence.snp(Samples.bytes("snp-milan.bin")),
            Samples.amd(),
            Samples.developmentRoots(),
            Samples.SNP_TIME);

    rejected(report, Reason.UNTRUSTED_ROOT);
  }

  @Test
  void collateralOfTheOtherVendorIsNamed() {
    Verdict quote =
        Verifier.verify(
            Evidence.tdx(Samples.bytes("tdx-v4.bin")),
            Samples.amd(),
            Samples.VENDORS,
            Samples.V4_TIME);
    Verdict report =
        Verifier.verify(
            Evidence.snp(Samples.bytes("snp-milan.bin")),
            Samples.collateral("collateral-v4"),
            Samples.VENDORS,
            Samples.SNP_TIME);

    rejected(quote, Reason.COLLATERAL_FORMAT);
    rejected(report, Reason.COLLATERAL_FORMAT);
  }

  @Test
  void emptyCollateralIsRefusedPartByPart() {
    Collateral.Tdx full = Samples.collateral("collateral-v4");
    Bytes none = Bytes.copyOf(new byte[0]);
    List<Collateral.Tdx> sets =
        List.of(
            with(full, none, 0),
            with(full, none, 1),
            with(full, none, 2),
            with(full, none, 3),
            with(full, none, 4),
            with(full, none, 5));

    assertThat(sets.stream().map(this::reason))
        .containsExactly(
            Reason.TCB_INFO_SIGNATURE,
            Reason.COLLATERAL_CHAIN_INVALID,
            Reason.QE_IDENTITY_SIGNATURE,
            Reason.COLLATERAL_CHAIN_INVALID,
            Reason.CRL_INVALID,
            Reason.CRL_INVALID);
  }

  @Test
  void paddingChangesNeitherVerdictNorDigest() {
    byte[] padded = Samples.bytes("tdx-v4.bin");
    byte[] other = padded.clone();
    other[other.length - 1] = 7;

    assertThat(accepted(Samples.v4(other)).evidenceSha256())
        .isEqualTo(accepted(Samples.v4(padded)).evidenceSha256());
  }

  @Test
  void evidenceTooLargeIsRefusedUnread() {
    rejected(Samples.v4(new byte[64 * 1024 + 1]), Reason.QUOTE_FORMAT);
    rejected(Samples.snp(new byte[64 * 1024 + 1]), Reason.REPORT_FORMAT);
  }

  @Test
  void sameArgumentsGiveSameVerdict() {
    assertThat(Samples.v4(Samples.bytes("tdx-v4.bin")))
        .isEqualTo(Samples.v4(Samples.bytes("tdx-v4.bin")));
  }

  @Test
  void kindIsTakenFromTheFirstBytes() {
    assertThat(Evidence.detect(Samples.bytes("tdx-v5.bin")).tee()).isEqualTo(Tee.TDX);
    assertThat(Evidence.detect(Samples.bytes("snp-milan.bin")).tee()).isEqualTo(Tee.SEV_SNP);
    assertThat(Evidence.detect(new byte[0]).tee()).isEqualTo(Tee.TDX);
  }

  @Test
  void signaturesAloneHoldWithoutCollateral() {
    byte[] broken = Samples.bytes("tdx-v4.bin");
    broken[200] ^= 1;

    assertThat(Verifier.signatures(Evidence.tdx(Samples.bytes("tdx-v4.bin")), Samples.VENDORS))
        .isEmpty();
    assertThat(Verifier.signatures(Evidence.tdx(broken), Samples.VENDORS))
        .hasValueSatisfying(each -> assertThat(each.reason()).isEqualTo(Reason.QUOTE_SIGNATURE));
  }

  @Test
  void leafIsNoRoot() {
    assertThatThrownBy(() -> TrustRoots.of(List.of(Bytes.copyOf(Samples.bytes("snp-vcek.der")))))
        .hasMessageContaining("not a CA");
  }

  private static Verdict at(Instant at) {
    return Verifier.verify(
        Evidence.tdx(Samples.bytes("tdx-v4.bin")),
        Samples.collateral("collateral-v4"),
        Samples.VENDORS,
        at);
  }

  private Reason reason(Collateral collateral) {
    Verdict verdict =
        Verifier.verify(
            Evidence.tdx(Samples.bytes("tdx-v4.bin")),
            collateral,
            Samples.VENDORS,
            Samples.V4_TIME);
    assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
    return ((Verdict.Rejected) verdict).reason();
  }

  private static Collateral.Tdx with(Collateral.Tdx full, Bytes part, int index) {
    Bytes[] parts = full.parts().toArray(Bytes[]::new);
    parts[index] = part;
    return new Collateral.Tdx(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
  }

  private static Verdict.Accepted accepted(Verdict verdict) {
    assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
    return (Verdict.Accepted) verdict;
  }

  private static Verdict.Rejected rejected(Verdict verdict, Reason reason) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, each -> assertThat(each.reason()).isEqualTo(reason));
    return (Verdict.Rejected) verdict;
  }
}

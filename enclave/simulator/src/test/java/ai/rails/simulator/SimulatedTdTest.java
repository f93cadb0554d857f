package ai.rails.simulator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.Verifier;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.evidence.EvidenceSource;
import ai.rails.attestation.evidence.EvidenceUnavailable;
import ai.rails.attestation.evidence.KernelReports;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.Reason;
import ai.rails.attestation.verdict.TcbStatus;
import ai.rails.attestation.verdict.TrustDomain;
import ai.rails.attestation.verdict.Verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// From the five files to a verdict, with the verifier that production uses.
final class SimulatedTdTest {
  private static final Instant NOW = Instant.parse("2026-03-02T12:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final DevelopmentIntel INTEL = DevelopmentIntel.create(NOW, RANDOM);
  private static final Bytes FIRMWARE =
      Bytes.copyOf(Bytes.digest("SHA-384").digest(new byte[] {1}));
  private static final Bytes REPORT_DATA = Bytes.copyOf(new byte[64]);

  private final AtomicInteger names = new AtomicInteger();
  private final SimulatedTd td = new SimulatedTd(INTEL.platform(), Td.launched(FIRMWARE), RANDOM);
  private final EvidenceSource source =
      new KernelReports(td.reports(), () -> "request-" + names.incrementAndGet());

  @Test
  void quoteOfSimulatedTdIsAcceptedUnderItsRootAsDevelopment() throws Exception {
    td.extend(3, FIRMWARE);

    Verdict.Accepted accepted = (Verdict.Accepted) verdict(Set.of());

    assertThat(accepted.domain()).isEqualTo(TrustDomain.DEVELOPMENT);
    assertThat(accepted.tcb().orElseThrow().status()).isEqualTo(TcbStatus.UP_TO_DATE);
    Claims.Tdx claims = (Claims.Tdx) accepted.claims();
    assertThat(claims.measurement()).isEqualTo(FIRMWARE);
    assertThat(claims.report().rtMr().get(3).isZero()).isFalse();
    assertThat(claims.report().rtMr().get(2).isZero()).isTrue();
  }

  @Test
  void noVendorRootTrustsIt() throws Exception {
    Verdict verdict = Verifier.verify(gathered(), collateral(Set.of()), TrustRoots.vendors(), NOW);

    assertThat(((Verdict.Rejected) verdict).reason()).isEqualTo(Reason.UNTRUSTED_ROOT);
  }

  @ParameterizedTest
  @CsvSource({
    "PCK_REVOKED, PCK_REVOKED",
    "PLATFORM_CA_REVOKED, PCK_CA_REVOKED",
    "PLATFORM_REVOKED, TCB_REVOKED"
  })
  void eachFaultHasItsReason(DevelopmentIntel.Fault fault, Reason reason) throws Exception {
    Verdict verdict = verdict(EnumSet.of(fault));

    assertThat(((Verdict.Rejected) verdict).reason()).isEqualTo(reason);
  }

  @Test
  void outOfDatePlatformIsAcceptedAsSuch() throws Exception {
    Verdict verdict = verdict(EnumSet.of(DevelopmentIntel.Fault.PLATFORM_OUT_OF_DATE));

    assertThat(((Verdict.Accepted) verdict).tcb().orElseThrow().status())
        .isEqualTo(TcbStatus.OUT_OF_DATE);
  }

  @Test
  void debuggedTdIsRefused() throws Exception {
    td.become(
        Td.launched(FIRMWARE).withAttributes(Bytes.copyOf(new byte[] {1, 0, 0, 16, 0, 0, 0, 0})));

    assertThat(((Verdict.Rejected) verdict(Set.of())).reason()).isEqualTo(Reason.TD_DEBUG);
  }

  @Test
  void requestsLeaveNothingBehind() throws Exception {
    gathered();

    assertThat(Files.exists(td.reports().resolve("request-1"))).isFalse();
  }

  @Test
  void anotherWriterIsNoticedAndTheRequestRepeated() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Reports[] reports = new Reports[1];
    reports[0] =
        new Reports(data -> {
          if (calls.incrementAndGet() == 1) {
            interfere(reports[0], data);
          }
          return quote(data);
        });
    var contested =
        new KernelReports(
            new ReportFileSystem(reports[0]).getPath("/"), () -> "r" + names.incrementAndGet());

    assertThat(contested.gather(REPORT_DATA).evidence().content().length()).isPositive();
    assertThat(names).hasValue(2);
  }

  @Test
  void emptyReportIsNoEvidence() {
    var empty = new Reports(_ -> Bytes.copyOf(new byte[0]));
    var source = new KernelReports(new ReportFileSystem(empty).getPath("/"), () -> "r");

    assertThatThrownBy(() -> source.gather(REPORT_DATA))
        .isInstanceOf(EvidenceUnavailable.class)
        .hasMessageContaining("empty report");
  }

  @Test
  void machineWithoutConfigfsSaysSo(@TempDir Path directory) {
    var source = new KernelReports(directory.resolve("report"), () -> "r");

    assertThatThrownBy(() -> source.gather(REPORT_DATA))
        .isInstanceOf(EvidenceUnavailable.class)
        .hasMessageContaining("is configfs mounted");
  }

  private Verdict verdict(Set<DevelopmentIntel.Fault> faults) throws Exception {
    return Verifier.verify(gathered(), collateral(faults), roots(), NOW);
  }

  private Evidence gathered() throws EvidenceUnavailable {
    return source.gather(REPORT_DATA).evidence();
  }

  private Bytes quote(Bytes reportData) {
    return new QuotingEnclave(INTEL.platform(), RANDOM).quote(Td.launched(FIRMWARE), reportData);
  }

  private static void interfere(Reports reports, Bytes data) {
    try {
      reports.write("r1", "inblob", data);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Collateral collateral(Set<DevelopmentIntel.Fault> faults) {
    return INTEL.collateral(NOW, NOW.plus(Duration.ofDays(30)), faults);
  }

  private static TrustRoots roots() throws Malformed {
    return TrustRoots.of(List.of(INTEL.root()));
  }
}

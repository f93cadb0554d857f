package ai.rails.command.key;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.Guest;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.evidence.KernelReports;
import ai.rails.attestation.format.Bytes;
import ai.rails.command.TestStore;
import ai.rails.command.collateral.CollateralCache;
import ai.rails.command.collateral.CollateralRows;
import ai.rails.command.collateral.CollateralUnavailable;
import ai.rails.command.collateral.IntelService;
import ai.rails.simulator.DevelopmentIntel;
import ai.rails.simulator.DevelopmentIntel.Fault;
import ai.rails.simulator.DevelopmentPcs;
import ai.rails.simulator.SimulatedImage;
import ai.rails.simulator.SimulatedTd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Collateral over restarts, and what is seen coming.
@Tag("slow")
class OutlookTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir static Path data;
  private static TestStore store;
  private static DevelopmentIntel intel;
  private final AtomicReference<Instant> now = new AtomicReference<>(NOON);

  @BeforeAll
  static void start() {
    store = TestStore.open();
    intel = DevelopmentIntel.create(NOON, RANDOM);
  }

  @AfterAll
  static void stop() {
    store.close();
  }

  private static Evidence evidence() throws Exception {
    var guest =
        new SimulatedTd(
            intel.platform(),
            SimulatedImage.launched(Guest.mrConfigId("t1", "dev", "sha256:" + "a".repeat(64))),
            RANDOM);
    return new KernelReports(guest.reports(), () -> "r" + RANDOM.nextInt(1 << 30))
        .gather(Bytes.copyOf(new byte[64]))
        .evidence();
  }

  private CollateralCache cache(IntelService service) throws Exception {
    return new CollateralCache(
        service, TrustRoots.of(List.of(intel.root())), new CollateralRows(store.app()), now::get);
  }

  @Test
  void setOutlivesTheServiceAndARestartAndAnOlderOneIsNeverTakenAgain() throws Exception {
    store.execute("DELETE FROM collateral_set");
    Evidence evidence = evidence();
    DevelopmentPcs pcs = DevelopmentPcs.start(intel, 0, now::get);
    try (var service = new IntelService(pcs.uri(), _ -> Optional.empty())) {
      pcs.publish(EnumSet.of(Fault.PLATFORM_OUT_OF_DATE));
      var first = cache(service).of(evidence, Optional.empty());
      pcs.publish(Set.of());
      now.set(NOON.plus(Duration.ofHours(7)));

      var second = cache(service).of(evidence, Optional.empty());

      assertThat(second.parts()).as("set 1 after set 2 is a replay").isEqualTo(first.parts());
      pcs.close();
      assertThat(cache(service).of(evidence, Optional.empty()).parts()).isEqualTo(first.parts());
      now.set(NOON.plus(Duration.ofDays(31)));
      assertThatThrownBy(() -> cache(service).of(evidence, Optional.empty()))
          .as("its dates have ended")
          .isInstanceOf(CollateralUnavailable.class);
    }
  }

  @Test
  void announcedSetSaysWhatIsComing() throws Exception {
    store.execute("DELETE FROM collateral_set");
    Evidence evidence = evidence();
    try (var pcs = DevelopmentPcs.start(intel, 0, now::get);
        var service = new IntelService(pcs.uri(), _ -> Optional.empty())) {
      EvidenceCheck check =
          new EvidenceCheck(
              TrustRoots.of(List.of(intel.root())),
              cache(service),
              GpuEvidence.NOTHING_VERIFIED,
              Guests.AUDIENCE);
      assertThat(check.outlook(evidence, NOON)).isEmpty();

      pcs.announce(EnumSet.of(Fault.PLATFORM_OUT_OF_DATE));
      now.set(NOON.plus(Duration.ofHours(7)));

      assertThat(check.outlook(evidence, now.get()))
          .hasValueSatisfying(next -> {
            assertThat(next.status()).isEqualTo("OutOfDate");
            assertThat(next.evaluationNumber()).isEqualTo(2);
          });
      assertThat(store.number("SELECT count(*) FROM collateral_set")).isEqualTo(2);
    }
  }
}

package ai.rails.enclave.worker;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import ai.rails.attestation.evidence.EvidenceSource;
import ai.rails.attestation.evidence.KernelReports;
import ai.rails.attestation.format.Bytes;
import ai.rails.simulator.DevelopmentIntel;
import ai.rails.simulator.SimulatedImage;
import ai.rails.simulator.SimulatedTd;

/// A simulated guest to run workers in. Also a worker's process: [#main].
public final class TestGuest {
  static final EvidenceSource EVIDENCE = evidence();

  private TestGuest() {}

  /// A worker in a simulated guest.
  public static void main(String... arguments) throws Exception {
    Worker.launch((_, _) -> EVIDENCE, arguments);
  }

  private static EvidenceSource evidence() {
    var random = new SecureRandom();
    DevelopmentIntel intel = DevelopmentIntel.create(Instant.parse("2026-11-21T12:00:00Z"), random);
    var td =
        new SimulatedTd(
            intel.platform(), SimulatedImage.launched(Bytes.copyOf(new byte[48])), random);
    var names = new AtomicInteger();
    return new KernelReports(td.reports(), () -> "r" + names.incrementAndGet());
  }
}

package ai.rails.app.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;

import ai.rails.attestation.Guest;
import ai.rails.attestation.evidence.EvidenceSource;
import ai.rails.attestation.evidence.KernelReports;
import ai.rails.attestation.format.Bytes;
import ai.rails.enclave.worker.Worker;
import ai.rails.enclave.worker.WorkerConfig;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.simulator.Platform;
import ai.rails.simulator.SimulatedImage;
import ai.rails.simulator.SimulatedTd;
import ai.rails.simulator.Td;

/// The product's worker in a simulated guest: the same code, reading quotes from the same files, on
/// a machine that is none. A production image does not contain this class.
public final class SimulatedWorker {
  /// The simulated machine, as [Platform#pem()] gives it.
  public static final String PLATFORM = "worker.simulator.platform";

  /// `true` boots an image that nobody released, to see its keys refused.
  public static final String TAMPER = "worker.simulator.tamper";

  private SimulatedWorker() {}

  /// @param arguments as those of [Worker#main]
  public static void main(String... arguments)
      throws IOException, GeneralSecurityException, InterruptedException {
    Worker.launch(SimulatedWorker::evidence, arguments);
  }

  private static EvidenceSource evidence(WorkerConfig config, WorkerIdentity identity)
      throws IOException {
    if (config.isProduction()) {
      throw new IllegalStateException(
          "worker.environment.kind is production, where simulated evidence has no place: start"
              + " ai.rails.enclave.worker.Worker in a confidential guest");
    }
    Path file = config.settings().path(PLATFORM);
    var random = new SecureRandom();
    Bytes configId =
        Guest.mrConfigId(identity.tenant(), identity.environment(), identity.artifactDigest());
    Td td =
        config.settings().flag(TAMPER, false)
            ? SimulatedImage.tampered(configId)
            : SimulatedImage.launched(configId);
    var guest = new SimulatedTd(Platform.of(Files.readAllBytes(file)), td, random);
    return new KernelReports(guest.reports(), () -> unguessable(random));
  }

  private static String unguessable(SecureRandom random) {
    byte[] name = new byte[16];
    random.nextBytes(name);
    return HexFormat.of().formatHex(name);
  }
}

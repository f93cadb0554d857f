package ai.rails.enclave.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;

import org.apache.kafka.clients.consumer.KafkaConsumer;

import ai.rails.attestation.evidence.EvidenceSource;
import ai.rails.connector.PriceTable;
import ai.rails.enclave.gateway.Gateway;
import ai.rails.enclave.gateway.TlsTrust;
import ai.rails.enclave.release.ReleaseRefused;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.telemetry.Telemetry;
import ai.rails.platform.workflow.WorkerExpressions;

/// Puts a worker together from its settings and runs it until the process is told to end.
final class WorkerProcess {
  private WorkerProcess() {}

  /// Blocks until the worker has ended.
  ///
  /// @param exitWithParent end when standard input does: the parent holds its other end
  /// @param attestor gives what attests this worker
  /// @return whether it ended because it was told to
  /// @throws ReleaseRefused if keys or workflow are not for this worker, or nothing attests it
  static boolean run(Path file, boolean exitWithParent, Worker.Attestor attestor)
      throws IOException, GeneralSecurityException, InterruptedException {
    WorkerConfig config = WorkerConfig.of(Settings.load(file));
    WorkerIdentity identity = Worker.identity(config.identity(), config.identityPassword());
    EvidenceSource evidence = attestor.of(config, identity);
    try (var ending = Ending.begin(exitWithParent)) {
      return run(config, identity, evidence, ending);
    }
  }

  private static boolean run(
      WorkerConfig config, WorkerIdentity identity, EvidenceSource evidence, Ending ending)
      throws IOException, GeneralSecurityException, InterruptedException {
    RandomGenerator random = new SecureRandom();
    String tlsKey = Worker.tlsKeySha256(config.identity(), config.identityPassword());
    InstantSource clock = InstantSource.system();
    try (Telemetry telemetry = Telemetry.start("worker", config.settings());
        Wire wire = Worker.wire(config, random);
        StepCommands commands =
            new KafkaStepCommands(
                new KafkaConsumer<>(config.consumer(identity)), WorkerConfig.topic(identity))) {
      var parts =
          new Worker.Parts(
              new WorkerExpressions(),
              gateway(config, clock),
              evidence,
              telemetry,
              clock,
              random,
              System::nanoTime);
      var worker = new Worker(config, new Worker.Ends(identity, tlsKey, wire, commands), parts);
      ending.stops(worker::stop);
      System.out.println("READY worker " + identity.worker());
      return worker.run();
    }
  }

  private static Gateway gateway(WorkerConfig config, InstantSource clock)
      throws IOException, GeneralSecurityException {
    Optional<Path> authorities = config.worldAuthorities();
    TlsTrust trust = authorities.isPresent() ? TlsTrust.of(authorities.get()) : TlsTrust.system();
    return new Gateway(
        config.connectors(),
        PriceTable.current(),
        config.proxy(),
        trust,
        config.classifier().isPresent()
            ? OfflineTriage.of(config.classifier().get())
            : new OfflineTriage(),
        clock);
  }
}

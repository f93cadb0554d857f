package ai.rails.enclave.worker;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongFunction;

import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.enclave.worker.ProtocolServer.Reply;
import ai.rails.enclave.worker.ProtocolServer.Seen;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Tls;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.telemetry.Telemetry;
import ai.rails.platform.workflow.WorkerExpressions;
import ai.rails.schema.StepCommand;

/// A control plane in memory behind real mutual TLS, and workers against it.
final class Bench implements AutoCloseable {
  static final WorkerIdentity IDENTITY =
      new WorkerIdentity(Triage.TENANT, Triage.WORKER, Triage.DIGEST, Triage.ENVIRONMENT);

  final KeyDesk keys = new KeyDesk(InstantSource.system());
  final RunDesk run = new RunDesk(keys, InstantSource.system());
  final RevealDesk reveals = new RevealDesk();
  final World world = new World();
  final QueuedCommands commands = new QueuedCommands();
  final ProtocolServer server;
  volatile boolean claimsForbidden;
  volatile LongFunction<Reply> tenantLog = _ -> Reply.problem(404, "NOT_FOUND");
  final Map<String, String> settings;
  private final WorkerConfig config;
  private final List<Runnable> finishing = new CopyOnWriteArrayList<>();
  private final List<Runnable> closing = new CopyOnWriteArrayList<>();

  Bench(Path directory) throws Exception {
    this(directory, Map.of());
  }

  Bench(Path directory, Map<String, String> more) throws Exception {
    var certificates = new Certificates(directory);
    Path authority = certificates.authority();
    this.server =
        new ProtocolServer(
            Tls.context(certificates.server(), Certificates.PASSWORD, authority), this::answer);
    var merged =
        new HashMap<>(
            Map.of(
                "worker.url", server.uri().toString(),
                "worker.tls.file", certificates.worker(IDENTITY.uri().toString()).toString(),
                "worker.tls.password", Certificates.PASSWORD,
                "tls.ca.file", authority.toString(),
                "worker.artifact.signing.public", keys.signingPublic(),
                "worker.environment.kind", "test",
                "data.dir", directory.toString()));
    merged.putAll(more);
    this.settings = Map.copyOf(merged);
    this.config = WorkerConfig.of(Settings.of(settings));
    keys.tlsKey = Worker.tlsKeySha256(config.identity(), config.identityPassword());
  }

  private Reply answer(Seen seen) {
    return switch (seen.path()) {
      case "/v1/attestation/nonces" -> keys.nonce();
      case "/v1/attestation/releases" -> keys.release(seen);
      case "/v1/attestation/confirmations" -> keys.confirm(seen);
      case "/v1/worker/artifact" -> keys.artifact();
      case "/v1/worker/steps/claim" ->
          claimsForbidden ? Reply.problem(403, "FORBIDDEN") : run.answer(seen);
      case "/v1/worker/tenant-log" -> tenantLog.apply(from(seen));
      case "/v1/worker/reveals/claim", "/v1/worker/reveals/answer" -> reveals.answer(seen);
      default -> run.answer(seen);
    };
  }

  private static long from(Seen seen) {
    return Long.parseLong(seen.query().orElseThrow().substring("from=".length()));
  }

  /// What a worker asks the control plane by.
  ControlPlane controlPlane() throws Exception {
    Wire wire = Worker.wire(config, new Random(7));
    closing.add(wire::close);
    return new ControlPlane(wire);
  }

  /// Makes a worker that has its keys; it does not work yet.
  Worker worker() throws Exception {
    WorkerIdentity identity = Worker.identity(config.identity(), config.identityPassword());
    Telemetry telemetry = Telemetry.inMemory();
    Wire wire = Worker.wire(config, new Random(7));
    closing.add(telemetry::close);
    closing.add(wire::close);
    return new Worker(
        config,
        new Worker.Ends(identity, keys.tlsKey, wire, commands),
        new Worker.Parts(
            new WorkerExpressions(),
            world,
            TestGuest.EVIDENCE,
            telemetry,
            InstantSource.system(),
            new Random(11),
            System::nanoTime));
  }

  /// Starts a worker on a thread of its own; it ends with the bench.
  Worker start() throws Exception {
    Worker worker = worker();
    Thread thread = Thread.ofVirtual().start(() -> work(worker));
    Runnable finish =
        () -> {
          worker.stop();
          Eventually.holds("the worker has ended", () -> !thread.isAlive());
        };
    finishing.add(finish);
    closing.addFirst(finish);
    return worker;
  }

  /// Lets the workers finish what they have begun, and ends them.
  void finish() {
    finishing.forEach(Runnable::run);
  }

  private static void work(Worker worker) {
    try {
      worker.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Schedules a step and sends its command.
  StepCommand send(String step, int attempt, Purpose purpose) {
    StepCommand command = run.schedule(step, attempt, purpose);
    commands.add(command);
    return command;
  }

  /// Does a step from its command to its completion.
  void complete(String step, Purpose purpose) {
    send(step, 1, purpose);
    Eventually.holds("step %s is completed".formatted(step), () -> run.isCompleted(step));
  }

  /// Does a step until it fails.
  void fail(String step, Purpose purpose) {
    send(step, 1, purpose);
    Eventually.holds("step %s has failed".formatted(step), () -> run.hasFailed(step));
  }

  /// Opens stored content.
  String open(String ref) {
    return Sealing.open(
        keys.workflowKey, run.wrappedRunKey, ref, Objects.requireNonNull(run.contents.get(ref)));
  }

  @Override
  public void close() {
    closing.forEach(Runnable::run);
    server.close();
  }
}

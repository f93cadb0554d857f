package ai.rails.enclave.runner;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.enclave.worker.Backoff;
import ai.rails.enclave.worker.CallPort.Order;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.enclave.worker.Certificates;
import ai.rails.enclave.worker.Eventually;
import ai.rails.enclave.worker.ProtocolServer;
import ai.rails.enclave.worker.ProtocolServer.Reply;
import ai.rails.enclave.worker.ProtocolServer.Seen;
import ai.rails.enclave.worker.Wire;
import ai.rails.enclave.worker.World;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.http.Tls;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.schema.worker.RunnerProtocol.Note;
import ai.rails.schema.worker.RunnerProtocol.SealedCall;
import ai.rails.schema.worker.RunnerProtocol.SealedOutcome;
import ai.rails.schema.worker.RunnerProtocol.Take;
import ai.rails.schema.worker.RunnerProtocol.Taken;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// A runner over real mutual TLS against a control plane that gives it what a test says, with a
/// world behind its gateway's port.
final class RunnerBench implements AutoCloseable {
  static final RunnerIdentity ME = new RunnerIdentity("acme", "plant", "dev", "plant-1");
  static final String CALL = "01900000-0000-7000-a000-000000000001";
  static final String SECRET = "canary-secret-7d1b";
  static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final String DIGEST = "sha256:" + "c".repeat(64);

  final World world = new World();
  final List<SealedCall> given = new CopyOnWriteArrayList<>();
  final Map<String, SealedOutcome> outcomes = new java.util.concurrent.ConcurrentHashMap<>();
  final List<Note> notes = new CopyOnWriteArrayList<>();
  final AtomicLong now = new AtomicLong(NOON.toEpochMilli());
  final HpkeKeyPair answerKey = HpkeKeyPair.generate();
  volatile long policyUntil = NOON.plus(Duration.ofMinutes(15)).toEpochMilli();
  volatile boolean outcomesTaken = true;
  volatile boolean forbidden;
  volatile boolean givesMore;
  final Random random = new Random(5);
  int mostCalls = 100;
  long mostBytes = 128L << 20;
  final AtomicLong asked = new AtomicLong();
  volatile Optional<Take> lastTake = Optional.empty();
  private Optional<SealedFiles> open = Optional.empty();
  private final Path directory;
  private final ProtocolServer server;
  private final Certificates certificates;
  private final List<Runnable> closing = new ArrayList<>();

  RunnerBench(Path directory) throws Exception {
    this.directory = directory;
    this.certificates = new Certificates(directory);
    this.server =
        new ProtocolServer(
            Tls.context(certificates.server(), Certificates.PASSWORD, certificates.authority()),
            this::answer);
    world.reacts(_ -> World.success("{\"number\":\"INC1\"}"));
  }

  private Reply answer(Seen seen) {
    if (forbidden) {
      return Reply.problem(403, "FORBIDDEN");
    }
    if (seen.path().equals("/v1/runner/calls/take")) {
      Take take = seen.as(Take.class);
      notes.addAll(take.notes());
      lastTake = Optional.of(take);
      asked.incrementAndGet();
      return Reply.ok(
          new Taken(
              now.get(),
              policyUntil,
              givesMore || take.most() > 0 ? List.copyOf(given) : List.of()));
    }
    if (!outcomesTaken) {
      return Reply.problem(503, "UNAVAILABLE");
    }
    String callId = seen.path().replaceAll("^/v1/runner/calls/|/outcome$", "");
    SealedOutcome outcome = seen.as(SealedOutcome.class);
    outcomes.put(callId + "." + outcome.epoch(), outcome);
    return Reply.nothing();
  }

  /// Starts a runner on the bench's spool; it ends with what this gives, or with the bench. The one
  /// before it is as good as dead: it no longer has the spool.
  Runnable start() throws Exception {
    if (open.isPresent()) {
      open.get().close();
    }
    RunnerKey key = RunnerKey.open(directory.resolve("runner.key"));
    InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    var files = new SealedFiles(spool(), key.spool());
    open = Optional.of(files);
    var bounds = new Spool.Bounds(mostCalls, mostBytes, Duration.ofHours(1));
    var kept = new Spool(files, bounds, random, clock);
    Wire wire =
        new Wire(
            server.uri(),
            Tls.context(
                certificates.worker(ME.uri().toString()),
                Certificates.PASSWORD,
                certificates.authority()),
            new Backoff(Duration.ofMillis(2), Duration.ofMillis(20), new Random(7)));
    var runner =
        new Runner(
            ME,
            key.sealing(),
            new Runner.Parts(
                wire, world, kept, new Notes(files, clock), Duration.ofMillis(5), clock));
    Thread thread = Thread.ofVirtual().start(() -> work(runner));
    Runnable end =
        () -> {
          runner.stop();
          thread.interrupt();
          Eventually.holds("the runner has ended", () -> !thread.isAlive());
          wire.close();
        };
    closing.add(end);
    return end;
  }

  private static void work(Runner runner) {
    try {
      runner.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Path spool() {
    return directory.resolve("spool");
  }

  byte[] runnerKey() throws Exception {
    return RunnerKey.open(directory.resolve("runner.key")).sealing().publicKey();
  }

  Order order(boolean recovering) {
    FrozenCall frozen =
        FrozenCall.freeze(
            new FrozenCall.Target("servicenow", "get-incident", DIGEST, "snow-1", "erp.example"),
            World.json("{\"number\":\"INC1\",\"text\":\"%s\"}".formatted(SECRET)),
            new Random(1));
    return new Order(
        frozen,
        "run-1",
        "fetch",
        1,
        CALL,
        "key-1",
        new ConnectorPin("servicenow", "1.0.0", DIGEST, "snow-1", Optional.empty()),
        new Instance(
            "snow-1", "servicenow", DIGEST, "erp.example", 443, Map.of(), Optional.empty()),
        Map.of("token", SECRET),
        List.of("ticket-1"),
        _ -> List.of(),
        Optional.empty(),
        recovering,
        0);
  }

  /// A call as an attested worker seals it.
  SealedCall sealed(RunnerIdentity to, long epoch, long notAfter, boolean recovering)
      throws Exception {
    byte[] sealed =
        CallEnvelope.of(order(recovering), answerKey.publicKey())
            .seal(runnerKey(), to, epoch, notAfter);
    return new SealedCall(
        CALL, epoch, "snow-1", notAfter, Base64.getEncoder().encodeToString(sealed));
  }

  SealedCall sealed(long epoch) throws Exception {
    return sealed(ME, epoch, now.get() + 10_000, false);
  }

  /// An outcome as it was handed in.
  byte[] sealedOutcome(long epoch) {
    SealedOutcome outcome =
        Optional.ofNullable(outcomes.get(CALL + "." + epoch))
            .orElseThrow(() -> new AssertionError("no outcome of epoch " + epoch));
    return Base64.getDecoder().decode(outcome.sealed());
  }

  /// What the worker finds in an outcome.
  Result opened(long epoch) throws Exception {
    return ResultEnvelope.open(answerKey, sealedOutcome(epoch), ME, CALL, epoch);
  }

  void awaitOutcome(long epoch) {
    Eventually.holds(
        "the outcome of epoch %d came".formatted(epoch),
        () -> outcomes.containsKey(CALL + "." + epoch));
  }

  void awaitNote(String code) {
    Eventually.holds(
        "the runner said " + code, () -> notes.stream().anyMatch(n -> n.code().equals(code)));
  }

  /// Several turns later.
  void turns() {
    long until = asked.get() + 5;
    Eventually.holds("the runner asked again", () -> asked.get() >= until);
  }

  /// How many calls the runner last asked for.
  int lastMost() {
    return lastTake.map(Take::most).orElse(-1);
  }

  @Override
  public void close() {
    closing.forEach(Runnable::run);
    server.close();
  }
}

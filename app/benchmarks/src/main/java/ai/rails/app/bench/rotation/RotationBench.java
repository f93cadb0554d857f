package ai.rails.app.bench.rotation;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.Stack;
import ai.rails.app.bench.Sealing;
import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.People;
import ai.rails.app.demo.Ticket;
import ai.rails.app.demo.Waiter;
import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.IssuedCertificate;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.app.worker.SimulatedWorker;
import ai.rails.attestation.Guest;
import ai.rails.attestation.evidence.KernelReports;
import ai.rails.attestation.format.Malformed;
import ai.rails.enclave.classifier.OfflineClassifier;
import ai.rails.enclave.release.AttestedSelf;
import ai.rails.enclave.release.KeyRelease;
import ai.rails.platform.http.Tls;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.simulator.Platform;
import ai.rails.simulator.SimulatedImage;
import ai.rails.simulator.SimulatedTd;
import ai.rails.standin.servicenow.DemoIncidents;

/// Many workers of the flagship's version, each with a certificate and a simulated guest of its
/// own, take their keys and take them again on the whole stack, while runs go on with the real
/// worker.
public final class RotationBench {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int TOLD = 250;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path directory;
  private final Map<String, String> environment;
  private final int workers;
  private final int runs;
  private final int concurrency;
  private final Consumer<String> progress;
  private final AtomicInteger failed = new AtomicInteger();
  private final Map<Worker, Long> epochs = new ConcurrentHashMap<>();
  private volatile boolean rotated;

  public RotationBench(
      Path directory,
      Map<String, String> environment,
      int workers,
      int runs,
      int concurrency,
      Consumer<String> progress) {
    this.directory = directory;
    this.environment = environment;
    this.workers = workers;
    this.runs = runs;
    this.concurrency = concurrency;
    this.progress = progress;
  }

  private record Worker(KeyRelease release, ControlPlaneClient client) {}

  public RotationFigures measure() throws Exception {
    try (Stack stack = Stack.start(directory, environment, progress)) {
      Flagship flagship = stack.flagship(OfflineClassifier.standard());
      progress.accept("making %s workers".formatted(workers));
      List<Worker> all = workers(stack, directory, flagship);
      try {
        progress.accept("attesting each to its first keys");
        List<Duration> first = released(all);
        Set<String> going = begin(stack, flagship);
        progress.accept("rotating all of them, %s runs go on".formatted(going.size()));
        long began = System.nanoTime();
        List<Duration> rotation;
        try (ExecutorService beside = Executors.newVirtualThreadPerTaskExecutor()) {
          Future<Set<String>> completed = beside.submit(() -> completed(flagship, going));
          rotation = released(all);
          double seconds = (System.nanoTime() - began) / 1e9;
          rotated = true;
          progress.accept("all are rotated; waiting for the runs");
          int ended = completed.get().size();
          return new RotationFigures(
              "rotation",
              workers,
              concurrency,
              RotationFigures.Span.of(first),
              RotationFigures.Span.of(rotation),
              seconds,
              failed.get(),
              going.size(),
              going.size() - ended,
              failedAttempts(flagship, going),
              Sealing.microsPerStep());
        }
      } finally {
        all.forEach(worker -> worker.client().close());
      }
    }
  }

  private static Optional<String> servedDigest(Flagship flagship) {
    return flagship
        .api()
        .get(flagship.people().operator(flagship.tenant()), "/v1/workers")
        .ok()
        .path("items")
        .path(0)
        .path("keys")
        .valueStream()
        .map(JsonNode::asText)
        .filter(key -> key.startsWith("workflow:"))
        .map(key -> key.substring("workflow:".length()))
        .findFirst();
  }

  private List<Worker> workers(Stack stack, Path directory, Flagship flagship) throws Exception {
    EffectiveProperties first = settings(directory, flagship.tenant());
    String digest =
        Waiter.until(
            "a worker of the flagship with keys, in the read side",
            PATIENCE,
            () -> servedDigest(flagship));
    String password = stack.properties().require("tls.store.password");
    DevelopmentCa ca =
        DevelopmentCa.open(
            directory.resolve("tls"),
            Secrets.open(directory.resolve("secrets.properties"), RANDOM).of("tls.store.password"),
            InstantSource.system(),
            RANDOM);
    Platform platform =
        Platform.of(Files.readAllBytes(Path.of(first.require(SimulatedWorker.PLATFORM))));
    URI base = URI.create(stack.properties().require("worker.url"));
    List<Worker> made = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      var identity =
          new WorkerIdentity(flagship.tenant(), "bench-" + i, digest, Flagship.ENVIRONMENT);
      made.add(worker(ca, identity, password, platform, base));
      if (made.size() % TOLD == 0) {
        progress.accept("made %s".formatted(made.size()));
      }
    }
    return made;
  }

  private static Worker worker(
      DevelopmentCa ca, WorkerIdentity identity, String password, Platform platform, URI base)
      throws IOException, GeneralSecurityException, Malformed {
    IssuedCertificate certificate =
        ca.client(
            identity.worker(),
            URI.create(
                "airails://%s/%s/%s/%s"
                    .formatted(
                        identity.tenant(),
                        identity.worker(),
                        identity.artifactDigest(),
                        identity.environment())));
    var guest =
        new SimulatedTd(
            platform,
            SimulatedImage.launched(
                Guest.mrConfigId(
                    identity.tenant(), identity.environment(), identity.artifactDigest())),
            RANDOM);
    var client =
        new ControlPlaneClient(
            base, Tls.context(certificate.pkcs12(), password, ca.certificateFile()));
    var self =
        new AttestedSelf(
            identity,
            WorkerIdentity.keySha256(certificate.certificate()),
            "airails-bench/1",
            Optional.empty(),
            new KernelReports(guest.reports(), RotationBench::unguessable));
    return new Worker(new KeyRelease(client, self, InstantSource.system()), client);
  }

  private static EffectiveProperties settings(Path directory, String tenant) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("run"))) {
      return files
          .filter(file -> file.toString().endsWith(".properties"))
          .filter(
              file -> file.getFileName().toString().startsWith("worker-" + tenant.substring(0, 8)))
          .findFirst()
          .map(EffectiveProperties::load)
          .orElseThrow(() -> new Unavailable("the flagship has no worker"));
    }
  }

  /// Each worker once.
  ///
  /// @return how long each took that got its keys
  private List<Duration> released(List<Worker> all) throws InterruptedException {
    var queue = new ConcurrentLinkedQueue<>(all);
    var took = new ConcurrentLinkedQueue<Duration>();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < concurrency; i++) {
      threads.add(Thread.ofVirtual().start(() -> release(queue, took)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return List.copyOf(took);
  }

  private void release(ConcurrentLinkedQueue<Worker> queue, ConcurrentLinkedQueue<Duration> took) {
    for (Worker worker = queue.poll(); worker != null; worker = queue.poll()) {
      long began = System.nanoTime();
      try {
        long epoch = worker.release().obtain().epoch();
        took.add(Duration.ofNanos(System.nanoTime() - began));
        Long before = epochs.put(worker, epoch);
        if (before != null && before >= epoch) {
          failed.incrementAndGet();
          progress.accept("the lease of epoch %s was not rotated".formatted(before));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        failed.incrementAndGet();
        progress.accept("no keys: " + e.getMessage());
      }
    }
  }

  private Set<String> begin(Stack stack, Flagship flagship) {
    List<String> categories = List.copyOf(new TreeSet<>(OfflineClassifier.standard().labels()));
    List<DemoIncidents.Labelled> texts = DemoIncidents.all();
    Set<String> going = new HashSet<>();
    for (int i = 0; i < runs; i++) {
      DemoIncidents.Labelled text = texts.get(i % texts.size());
      String sysId = "90be%028x".formatted(i);
      stack
          .world()
          .report(
              new Ticket(
                  sysId,
                  "INC5%06d".formatted(i),
                  text.incident().shortDescription(),
                  text.incident().description(),
                  text.expectedCategory()),
              categories);
      String body =
          stack.world().standIns().serviceNow().fire(sysId, "insert", flagship.hook()).body();
      try {
        going.add(Api.JSON.readTree(body).path("run").asText());
      } catch (IOException e) {
        throw new Unavailable("the webhook's answer is no JSON", e);
      }
    }
    return going;
  }

  /// Approves what asks, until all have ended or time is up, which begins when all are rotated.
  private Set<String> completed(Flagship flagship, Set<String> going) {
    Set<String> completed = new HashSet<>();
    Set<String> ended = new HashSet<>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (ended.size() < going.size() && System.nanoTime() < end) {
      end = rotated ? end : System.nanoTime() + PATIENCE.toNanos();
      for (JsonNode gate : flagship.openGates()) {
        var _ = flagship.decide(People.SECOND_APPROVER, gate, "APPROVE");
      }
      for (String run : going) {
        String status = ended.contains(run) ? "" : status(flagship, run);
        if (List.of("COMPLETED", "FAILED", "CANCELLED").contains(status)) {
          ended.add(run);
        }
        if (status.equals("COMPLETED")) {
          completed.add(run);
        }
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return completed;
  }

  /// Attempts of the runs' steps that did not end well: of a lease that was lost, for example.
  private static int failedAttempts(Flagship flagship, Set<String> going) {
    int count = 0;
    String token = flagship.people().operator(flagship.tenant());
    for (String run : going) {
      JsonNode page = flagship.api().get(token, "/v1/runs/%s/events?limit=200".formatted(run)).ok();
      for (JsonNode entry : page.path("items")) {
        count += entry.path("entryType").asText().equals("STEP_FAILED") ? 1 : 0;
      }
    }
    return count;
  }

  /// Empty while the read side does not have it yet.
  private static String status(Flagship flagship, String run) {
    Api.Answer answer =
        flagship.api().get(flagship.people().operator(flagship.tenant()), "/v1/runs/" + run);
    return answer.status() == 200 ? answer.body().path("status").asText() : "";
  }

  private static String unguessable() {
    byte[] name = new byte[16];
    RANDOM.nextBytes(name);
    return HexFormat.of().formatHex(name);
  }
}

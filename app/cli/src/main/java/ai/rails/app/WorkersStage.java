package ai.rails.app;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.app.embedded.ChildProcess;
import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.IssuedCertificate;
import ai.rails.app.worker.Scaling;
import ai.rails.app.worker.SimulatedWorker;
import ai.rails.command.workflow.ActiveWorkflows.Active;

/// Worker processes, each in a simulated guest, for each active workflow version and environment,
/// as confidential VMs would be in production: one, and more while steps wait. It looks every half
/// second, puts another under a new name in the place of one that was ended, and lets those that
/// are too many finish what they have in hand and end.
final class WorkersStage implements Stage {
  private static final Logger LOG = LoggerFactory.getLogger(WorkersStage.class);
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int MOST = 16;
  private static final int MOST_OF_A_VERSION = 3;

  private final Path data;
  private final DevelopmentCa ca;
  private final Demand demand;
  private final Scaling scaling = new Scaling(MOST_OF_A_VERSION);
  private final Map<String, ChildProcess> workers = new ConcurrentHashMap<>();
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("workers-", 0).factory());
  private final Map<String, String> extra;

  /// What the write side says of workers.
  ///
  /// @param active tenant to its active versions
  /// @param ended workers that never come back, as `<tenant>/<worker>`
  /// @param waiting `<tenant>/<digest>/<environment>` to how many steps wait
  /// @param retire lets a tenant's worker end when it has nothing in hand
  record Demand(
      Supplier<Map<String, List<Active>>> active,
      Supplier<Set<String>> ended,
      Supplier<Map<String, Long>> waiting,
      BiConsumer<String, String> retire) {}

  /// @param extra further settings of every worker, for tests and the demo's model
  WorkersStage(Path data, DevelopmentCa ca, Demand demand, Map<String, String> extra) {
    this.data = data;
    this.ca = ca;
    this.demand = demand;
    this.extra = new ConcurrentHashMap<>(extra);
  }

  @Override
  public String name() {
    return "workers";
  }

  /// Adds a setting for workers that start from now on.
  void set(String key, String value) {
    extra.put(key, value);
  }

  @Override
  public void start(EffectiveProperties properties) {
    var _ =
        looking.scheduleWithFixedDelay(
            () -> look(properties), 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look(EffectiveProperties properties) {
    try {
      Set<String> gone = demand.ended().get();
      gone.forEach(this::takeAway);
      Map<String, Long> waiting = demand.waiting().get();
      demand
          .active()
          .get()
          .forEach((tenant, versions) ->
              versions.forEach(version -> keep(properties, tenant, version, gone, waiting)));
    } catch (RuntimeException e) {
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("active workflows are not known now");
    }
  }

  private void takeAway(String worker) {
    ChildProcess child = workers.remove(worker);
    if (child != null) {
      child.close();
      LOG.atInfo().addKeyValue("worker", worker).log("worker ended");
    }
  }

  /// As many workers of a version as its queue asks for; those beyond end when they are idle.
  private void keep(
      EffectiveProperties properties,
      String tenant,
      Active version,
      Set<String> gone,
      Map<String, Long> waiting) {
    String queue = "%s/%s/%s".formatted(tenant, version.digest(), version.environment());
    int wanted = scaling.wanted(queue, waiting.getOrDefault(queue, 0L), System.nanoTime());
    List<String> names = names(tenant, version, gone, wanted);
    names.forEach(name -> ensure(properties, tenant, version, name));
    String prefix = tenant + "/" + firstName(tenant, version);
    for (String running : Set.copyOf(workers.keySet())) {
      boolean ofVersion = running.equals(prefix) || running.startsWith(prefix + ".");
      String name = running.substring(running.indexOf('/') + 1);
      if (ofVersion && !names.contains(name)) {
        demand.retire().accept(tenant, name);
      }
    }
  }

  private void ensure(EffectiveProperties properties, String tenant, Active version, String name) {
    String key = tenant + "/" + name;
    if (workers.containsKey(key) || workers.size() >= MOST) {
      return;
    }
    Optional<String> password = kafkaPassword(tenant);
    if (password.isEmpty()) {
      return;
    }
    Path file = data.resolve("run").resolve(name + ".properties");
    IssuedCertificate certificate =
        ca.client(
            name,
            URI.create(
                "airails://%s/%s/%s/%s"
                    .formatted(tenant, name, version.digest(), version.environment())));
    SortedMap<String, String> settings = settings(properties, tenant, certificate);
    settings.put("kafka.user.tenant-%s-worker.password".formatted(tenant), password.get());
    settings.putAll(extra);
    new EffectiveProperties(settings).write(file);
    workers.put(
        key,
        ChildProcess.start(
            data,
            new ChildProcess.Command(
                name, ChildStage.java(SimulatedWorker.class.getName(), file, 256), Map.of())));
    LOG.atInfo().addKeyValue("worker", name).log("worker started");
  }

  /// The first names of the version's that no ended worker has.
  private static List<String> names(String tenant, Active version, Set<String> gone, int wanted) {
    String first = firstName(tenant, version);
    return IntStream.iterate(1, i -> i + 1)
        .mapToObj(i -> i == 1 ? first : first + "." + i)
        .filter(name -> !gone.contains(tenant + "/" + name))
        .limit(wanted)
        .toList();
  }

  private static String firstName(String tenant, Active version) {
    String digest = version.digest().substring("sha256:".length());
    return "worker-%s-%s-%s"
        .formatted(tenant.substring(0, 8), digest.substring(0, 12), version.environment());
  }

  private SortedMap<String, String> settings(
      EffectiveProperties properties, String tenant, IssuedCertificate certificate) {
    SortedMap<String, String> settings = new TreeMap<>();
    for (String key :
        new String[] {
          "cell.id",
          "cell.domain",
          "connectors.dir",
          "region",
          "kafka.bootstrap.servers",
          "kafka.security.protocol",
          "kafka.sasl.mechanism",
          "worker.url",
          "worker.artifact.signing.public",
          "egress.port",
          "egress.proxyId",
          "evidence.policy.file",
          "tls.ca.file",
          "environment.kind"
        }) {
      settings.put(key, properties.require(key));
    }
    properties
        .find("worker.gateway.ca.file")
        .ifPresent(authorities -> settings.put("worker.gateway.ca.file", authorities));
    properties
        .find("runner.ca.file")
        .ifPresent(authorities -> settings.put("worker.runner.ca.file", authorities));
    properties
        .find("otel.endpoint")
        .ifPresent(collector -> settings.put("otel.endpoint", collector));
    settings.put(SimulatedWorker.PLATFORM, PlatformStage.platform(data).toString());
    settings.put("worker.environment.kind", properties.require("environment.kind"));
    settings.put("worker.tls.file", certificate.pkcs12().toString());
    settings.put("worker.tls.password", properties.require("tls.store.password"));
    settings.put("data.dir", data.resolve("tenants").resolve(tenant).toString());
    return settings;
  }

  /// What the provisioner kept for the tenant's workers.
  private Optional<String> kafkaPassword(String tenant) {
    Path file = data.resolve("tenants").resolve(tenant).resolve("worker-kafka.properties");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (var reader = Files.newBufferedReader(file)) {
      Properties kept = new Properties();
      kept.load(reader);
      String jaas = kept.getProperty("sasl.jaas.config", "");
      var match = java.util.regex.Pattern.compile("password=\"([^\"]+)\"").matcher(jaas);
      return match.find() ? Optional.of(match.group(1)) : Optional.empty();
    } catch (java.io.IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void stop() {
    looking.shutdownNow();
    workers.values().forEach(ChildProcess::close);
    workers.clear();
  }

  @Override
  public String health() {
    return workers.values().stream()
        .map(ChildProcess::health)
        .filter(health -> !health.startsWith("up"))
        .findFirst()
        .orElseGet(() -> "up: %d%s".formatted(workers.size(), restarts()));
  }

  private String restarts() {
    int count = workers.values().stream().mapToInt(ChildProcess::restarts).sum();
    return count == 0 ? "" : " (%d restarts)".formatted(count);
  }
}

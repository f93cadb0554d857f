package ai.rails.app.bench.gateway;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.bench.Latency;
import ai.rails.app.bench.gateway.GatewayFigures.InFlight;
import ai.rails.app.bench.gateway.GatewayFigures.Reservations;
import ai.rails.app.bench.gateway.GovernedCall.Parts;
import ai.rails.app.bench.once.OnceBench;
import ai.rails.app.bench.policy.GuardedCell;
import ai.rails.app.embedded.DevelopmentCa;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;
import ai.rails.command.run.RunPlace;
import ai.rails.connector.Connector;
import ai.rails.connector.Connectors;
import ai.rails.connector.ManifestSignature;
import ai.rails.connector.PriceTable;
import ai.rails.connector.PublishedConnectors;
import ai.rails.enclave.gateway.Gateway;
import ai.rails.enclave.gateway.OfflineModel;
import ai.rails.enclave.gateway.TlsTrust;
import ai.rails.platform.http.Tls;

/// Measures what stands between a worker and the world, on the real parts: event store on
/// PostgreSQL, rules of runs, OPA, ticket key, egress proxy as a process, gateway, and a stand-in
/// as a process that journals and syncs each effect.
public final class GatewayBench {
  static final List<String> PARTS =
      List.of("decide", "intent", "ticket", "proxy", "gateway", "outcome");

  private static final int WARM = 60;
  private static final int IN_FLIGHT = 1_000;
  private static final Duration HEALTHY = Duration.ofSeconds(90);

  private final Path data;
  private final Map<String, String> environment;
  private final Plan plan;
  private final Consumer<String> progress;
  private final SecureRandom random = new SecureRandom();

  /// @param pairs governed and direct calls, one after the other
  /// @param phase length of each of the phases under load
  public record Plan(int pairs, Duration phase, int concurrency) {}

  /// @param data a new, empty directory
  public GatewayBench(
      Path data, Map<String, String> environment, Plan plan, Consumer<String> progress) {
    this.data = data;
    this.environment = Map.copyOf(environment);
    this.plan = plan;
    this.progress = progress;
  }

  public GatewayFigures measure()
      throws IOException, GeneralSecurityException, InterruptedException {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    progress.accept("starting PostgreSQL, OPA, the egress proxy and a stand-in");
    String password = Long.toHexString(random.nextLong());
    String token = Long.toHexString(random.nextLong());
    DevelopmentCa ca =
        DevelopmentCa.open(data.resolve("tls"), password, InstantSource.system(), random);
    AtomicLong decide = new AtomicLong();
    try (Counterpart.Running sink =
            Counterpart.start(data.resolve("sink"), sink(ca, password, token));
        GuardedCell cell =
            GuardedCell.open(
                Files.createDirectories(data.resolve("cell")),
                environment,
                new GuardedCell.Plan(
                    sink.port(), policy -> new Clocked(policy, decide), 2 * IN_FLIGHT));
        Direct direct =
            new Direct(
                Tls.trusting(ca.certificateFile()),
                URI.create("https://localhost:%s/k".formatted(sink.port())));
        WorkerWire wire = WorkerWire.open(ca, password)) {
      if (!Wait.until(HEALTHY, () -> cell.serves(true))) {
        throw new Unavailable("policy did not become healthy within " + HEALTHY);
      }
      Connectors connectors = connectors();
      Connector connector = connectors.named("once-sink", "1.0.0").orElseThrow();
      Gateway gateway =
          new Gateway(
              connectors,
              PriceTable.current(),
              new InetSocketAddress(InetAddress.getLoopbackAddress(), cell.proxyPort()),
              TlsTrust.of(ca.certificateFile()),
              new NoModel(),
              InstantSource.system());
      GovernedCall call = new GovernedCall(cell, gateway, connector, token, decide);
      return figures(load, cell, call, direct, wire, token);
    }
  }

  private GatewayFigures figures(
      double load,
      GuardedCell cell,
      GovernedCall call,
      Direct direct,
      WorkerWire wire,
      String token)
      throws IOException, InterruptedException {
    progress.accept("calls one at a time, each beside a direct one");
    Pairs pairs = new Pairs(call, direct, token);
    pairs.warm(WARM);
    pairs.measure(plan.pairs());
    Latency roundTrip = wire.measure(plan.pairs());
    progress.accept("%s calls at a time".formatted(plan.concurrency()));
    Loaded loaded = Loaded.measure(call, plan.concurrency(), plan.phase());
    progress.accept("budget reservations");
    BudgetLoad budget = new BudgetLoad(cell.database());
    double ofTenant = budget.tenant(plan.concurrency(), plan.phase());
    double ofWorkspace = budget.workspace(plan.concurrency(), plan.phase());
    progress.accept("%s calls on their way".formatted(IN_FLIGHT));
    InFlight memory = Waiting.measure(cell, call, IN_FLIGHT);
    return new GatewayFigures(
        "gateway",
        load,
        Runtime.getRuntime().availableProcessors(),
        Latency.of(pairs.direct),
        Latency.of(pairs.governed),
        Latency.of(pairs.overhead),
        pairs.parts(),
        roundTrip,
        plan.concurrency(),
        loaded.perSecond(),
        loaded.latency(),
        new Reservations(plan.concurrency(), ofTenant, ofWorkspace),
        memory);
  }

  private static Map<String, String> sink(DevelopmentCa ca, String password, String token) {
    return Map.of(
        "tls.store",
        ca.server("sink", List.of(GuardedCell.SINK_HOST, "localhost")).pkcs12().toString(),
        "tls.password",
        password,
        "tls.ca.file",
        ca.certificateFile().toString(),
        "token",
        token);
  }

  /// The service's manifest, with time for calls that are held, published as anybody's would be.
  private Connectors connectors() throws GeneralSecurityException {
    byte[] manifest =
        new String(OnceBench.manifest(), java.nio.charset.StandardCharsets.UTF_8)
            .replace("\"seconds\": 8", "\"seconds\": 120")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    PublishedConnectors published = new PublishedConnectors(data.resolve("connectors"));
    KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    published.trust("bench", ManifestSignature.raw(key.getPublic()));
    published.publish(ManifestSignature.sign(manifest, "bench", key.getPrivate()));
    return published.load();
  }

  /// Governed and direct calls in turn. Confined to one thread.
  private static final class Pairs {
    private final GovernedCall call;
    private final Direct plain;
    private final String token;
    private final AtomicInteger number = new AtomicInteger();
    private final List<Duration> direct = new ArrayList<>();
    private final List<Duration> governed = new ArrayList<>();
    private final List<Duration> overhead = new ArrayList<>();
    private final Map<Part, List<Duration>> byPart = new EnumMap<>(Part.class);

    /// In the order of a call.
    private enum Part {
      DECIDE,
      INTENT,
      TICKET,
      PROXY,
      GATEWAY,
      OUTCOME
    }

    private Pairs(GovernedCall call, Direct plain, String token) {
      this.call = call;
      this.plain = plain;
      this.token = token;
    }

    private void warm(int count) throws IOException, InterruptedException {
      measure(count);
      List.of(direct, governed, overhead).forEach(List::clear);
      byPart.clear();
    }

    private void measure(int count) throws IOException, InterruptedException {
      for (int i = 0; i < count; i++) {
        int turn = number.incrementAndGet();
        RunPlace run = call.run(turn % 16);
        Duration alone = direct(turn);
        Parts made = call.make(run, "item-" + turn);
        Duration tunnel = call.tunnel(run);
        direct.add(alone);
        governed.add(made.total());
        overhead.add(made.total().minus(alone));
        add(Part.DECIDE, made.decide());
        add(Part.INTENT, made.intent());
        add(Part.TICKET, made.ticket());
        add(Part.PROXY, tunnel);
        add(Part.GATEWAY, made.send().minus(tunnel));
        add(Part.OUTCOME, made.outcome());
      }
    }

    private Duration direct(int turn) throws IOException, InterruptedException {
      return plain.post(
          201,
          "{\"marker\":\"[airails:direct/%s]\",\"item\":\"item-%s\"}".formatted(turn, turn),
          "Authorization",
          "Bearer " + token,
          "Content-Type",
          "application/json",
          "Idempotency-Key",
          "direct-" + turn);
    }

    private void add(Part part, Duration took) {
      byPart.computeIfAbsent(part, _ -> new ArrayList<>()).add(took);
    }

    private Map<String, Latency> parts() {
      Map<String, Latency> all = new HashMap<>();
      byPart.forEach((part, took) ->
          all.put(part.name().toLowerCase(java.util.Locale.ROOT), Latency.of(took)));
      return all;
    }
  }

  /// No model is called here.
  private static final class NoModel implements OfflineModel {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public String id() {
      return "none";
    }

    @Override
    public JsonNode triage(JsonNode params) {
      throw new IllegalStateException("this benchmark calls no model");
    }
  }
}

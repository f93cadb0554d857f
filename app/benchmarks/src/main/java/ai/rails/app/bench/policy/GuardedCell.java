package ai.rails.app.bench.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.app.SystemIds;
import ai.rails.app.embedded.ChildProcess;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.ProcessIdentity;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;
import ai.rails.command.CommandBus;
import ai.rails.command.Entity;
import ai.rails.command.axon.AxonCommandBus;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.policy.BundleApi;
import ai.rails.command.policy.BundleSettings;
import ai.rails.command.policy.BundleSigner;
import ai.rails.command.policy.Grant;
import ai.rails.command.policy.PolicyBundles;
import ai.rails.command.policy.PolicySigning;
import ai.rails.command.policy.PostgresBundleStore;
import ai.rails.command.policy.TenantGrants;
import ai.rails.command.run.PolicyCheck;
import ai.rails.command.run.RunEntity;
import ai.rails.command.run.RunRows;
import ai.rails.command.run.TimerRows;
import ai.rails.command.worker.Tickets;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunRules;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Refusals;
import ai.rails.platform.http.Role;
import ai.rails.platform.opa.BundleFreshness;
import ai.rails.platform.opa.OpaClient;
import ai.rails.platform.opa.OpaSettings;
import ai.rails.platform.opa.PolicyDecisionPoint;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;
import ai.rails.platform.telemetry.Telemetry;

/// What stands between a worker and the world, and nothing else: the event store, the rules of
/// runs, policy with its bundle server and OPA, the ticket key, the egress proxy, and a sink.
public final class GuardedCell implements AutoCloseable {
  public static final String SINK_HOST = "sink.airails.internal";
  static final String PROXY_ID = "egress-bench";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration LEASE = Duration.ofMinutes(15);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Path data;
  private final AtomicReference<Duration> signingOffset = new AtomicReference<>(Duration.ZERO);
  private final InstantSource clock = InstantSource.system();
  private final SystemIds ids = new SystemIds();
  private final Secrets secrets;
  private final Sink sink;
  private final Database database;
  private final PolicyBundles bundles;
  private final OpaStart opaFiles;
  private final Wire wire;
  private final BundleFreshness freshness;
  private final OpaClient policy;
  private final CommandBus bus;
  private final Entity<RunCommand, Run, RunEvent> runs;
  private final Tickets tickets;
  private final int proxyPort;
  private ChildProcess opa;
  private final ChildProcess egress;

  /// What differs between benchmarks.
  ///
  /// @param sinkPort where the world is; 0 for a sink of the cell's own
  /// @param watched what stands between the rules and policy
  /// @param tunnels of the proxy, for one tenant
  public record Plan(int sinkPort, UnaryOperator<PolicyDecisionPoint> watched, int tunnels) {
    static final Plan OWN_SINK = new Plan(0, UnaryOperator.identity(), 256);
  }

  private GuardedCell(Path data, Map<String, String> environment, Plan plan)
      throws IOException, GeneralSecurityException {
    this.data = data;
    SecureRandom random = new SecureRandom();
    this.secrets = Secrets.open(data.resolve("secrets.properties"), random);
    Ports ports = Ports.open(data.resolve("ports.properties"), random);
    this.sink = kept(new Sink());
    this.database = store(environment, ports);
    BundleSettings settings = new BundleSettings("development", "bench", LEASE);
    BundleSigner signer = PolicySigning.open(data, settings);
    PostgresBundleStore bundleStore = new PostgresBundleStore(database);
    this.bundles = kept(new PolicyBundles(settings, signer, bundleStore, this::signingTime));
    grant();
    bundles.renew();
    int bundlePort = serve(ports.of("bundles"));
    this.opaFiles =
        OpaStart.write("opa", data, environment, settings, signer, secrets, ports, bundlePort);
    this.opa = startOpa();
    this.wire = kept(new Wire(opaFiles.port()));
    OpaSettings toOpa = OpaSettings.of(wire.url(), secrets.of("opa.token"));
    this.freshness = kept(new BundleFreshness(toOpa, clock, System::nanoTime).start());
    this.policy = kept(new OpaClient(toOpa, freshness, bundleStore.highWater(), ids, clock));
    BudgetCounters budget = new BudgetCounters(new Money("USD", 1_000_000_000_000L));
    RunRules rules = new RunRules((_, _) -> OneWrite.WORKFLOW, (_, _, _) -> true);
    this.runs =
        RunEntity.of(
            rules,
            new PolicyCheck(
                database,
                (_, _) -> OneWrite.WORKFLOW,
                OneWrite::facts,
                budget,
                plan.watched().apply(policy),
                "bench",
                clock));
    AxonCommandBus engine =
        kept(
            AxonCommandBus.start(
                database,
                List.of(runs),
                Map.of(
                    RunEntity.STREAM_TYPE,
                    List.of(
                        new RunRows((_, _) -> OneWrite.WORKFLOW, budget, new TimerRows(ids), ids))),
                Set.of(),
                clock,
                ids));
    this.bus = new CommandBus(engine, () -> {}, random);
    Ed25519Sign.KeyPair keys = Ed25519Sign.KeyPair.newKeyPair();
    this.tickets =
        new Tickets(new Ed25519Sign(keys.getPrivateKey()), PROXY_ID, 1 << 16, 1 << 16, ids, clock);
    this.proxyPort = ports.of("egress");
    this.egress = startProxy(keys.getPublicKey(), plan);
  }

  /// Starts everything; what did start is ended if the rest does not.
  static GuardedCell open(Path data, Map<String, String> environment) {
    return open(data, environment, Plan.OWN_SINK);
  }

  /// The same, otherwise.
  public static GuardedCell open(Path data, Map<String, String> environment, Plan plan) {
    try {
      return new GuardedCell(data, environment, plan);
    } catch (IOException | GeneralSecurityException e) {
      throw new Unavailable("the guarded cell did not start: " + e.getMessage(), e);
    }
  }

  Sink sink() {
    return sink;
  }

  public CommandBus bus() {
    return bus;
  }

  public Entity<RunCommand, Run, RunEvent> runs() {
    return runs;
  }

  public Tickets tickets() {
    return tickets;
  }

  public SystemIds ids() {
    return ids;
  }

  public Way way() {
    return new Way(proxyPort, SINK_HOST + ":443");
  }

  public Database database() {
    return database;
  }

  public int proxyPort() {
    return proxyPort;
  }

  /// The egress proxy's process.
  public Optional<Long> proxyPid() {
    return egress.identity().map(ProcessIdentity::pid);
  }

  /// Whether policy answers a question about the write with ALLOW, or gives no usable answer. Asked
  /// outside of any run.
  public boolean serves(boolean allowed) {
    freshness.poll();
    Decision decision = policy.decide(OneWrite.question(clock.instant()));
    return allowed
        ? decision.effect() == Decision.Effect.ALLOW
        : decision.unavailable().isPresent();
  }

  /// Decisions, or intents, in the event store.
  long recorded(String entryType) {
    return database.inTenant(
        OneWrite.TENANT,
        c ->
            Sql.one(
                    c,
                    "SELECT count(*) FROM event WHERE tenant = ? AND event_type = ?",
                    row -> row.getLong(1),
                    OneWrite.TENANT,
                    entryType)
                .orElse(0L));
  }

  /// Brings a fault about; it is in place when this returns.
  AutoCloseable inflict(Fault fault) throws IOException {
    return switch (fault) {
      case KILLED -> {
        signal("KILL");
        opa.close();
        yield () -> opa = startOpa();
      }
      case PAUSED -> {
        signal("STOP");
        yield () -> signal("CONT");
      }
      case STALE -> {
        signingOffset.set(LEASE.plusMinutes(1).negated());
        bundles.renew();
        freshness.poll();
        yield () -> {
          signingOffset.set(Duration.ZERO);
          bundles.renew();
        };
      }
      case LYING -> {
        Liar liar = new Liar(URI.create("http://127.0.0.1:" + opaFiles.port()));
        wire.lead(liar.port());
        yield () -> {
          wire.lead(opaFiles.port());
          liar.close();
        };
      }
      case PARTITIONED -> {
        wire.swallow();
        yield () -> wire.lead(opaFiles.port());
      }
    };
  }

  private Instant signingTime() {
    return clock.instant().plus(signingOffset.get());
  }

  private void signal(String name) throws IOException {
    long pid = opa.identity().orElseThrow(() -> new Unavailable("OPA has ended by itself")).pid();
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    if (kill.onExit().join().exitValue() != 0) {
      throw new Unavailable("OPA took no signal " + name);
    }
  }

  private Database store(Map<String, String> environment, Ports ports) {
    Database opened = kept(BenchStore.open(data, environment, ports, secrets)).database();
    return opened.inTenant(
        OneWrite.TENANT,
        c -> {
          OneWrite.rows(c);
          return opened;
        });
  }

  private void grant() {
    byte[] granted =
        TenantGrants.none()
            .currency("USD")
            .allow(
                Grant.of(
                    OneWrite.TOOL,
                    OneWrite.ACTION,
                    OneWrite.CONNECTOR,
                    List.of(OneWrite.ENVIRONMENT),
                    List.of(OneWrite.ARTIFACT)))
            .json();
    var _ =
        bundles.publish(
            OneWrite.TENANT,
            granted,
            (_, saving) -> {
              boolean _ =
                  database.inTenant(
                      OneWrite.TENANT,
                      c -> {
                        saving.write(c);
                        return true;
                      });
            });
  }

  private int serve(int port) {
    String token = secrets.of("bundle.token");
    kept(
        HttpServer.start(
            Binding.plain("127.0.0.1", port),
            new BundleApi(bundles).routes(),
            shown -> {
              if (!shown.equals(token)) {
                throw new GeneralSecurityException("not OPA");
              }
              return new Principal("platform", "svc-opa", Set.of(Role.SERVICE));
            },
            Refusals.UNRECORDED,
            kept(Telemetry.inMemory())));
    kept(bundles::endWaiting);
    return port;
  }

  private ChildProcess startOpa() {
    return ChildProcess.start(
        data, new ChildProcess.Command("opa", opaFiles.arguments(), Map.of("GOMAXPROCS", "1")));
  }

  private ChildProcess startProxy(byte[] ticketKey, Plan plan) {
    int port = plan.sinkPort() == 0 ? sink.port() : plan.sinkPort();
    String tunnels = Integer.toString(plan.tunnels());
    Path file = data.resolve("run").resolve("egress.properties");
    new EffectiveProperties(
            new TreeMap<>(
                Map.of(
                    "egress.port",
                    Integer.toString(proxyPort),
                    "egress.proxyId",
                    PROXY_ID,
                    "egress.ticket.public",
                    Base64.getEncoder().encodeToString(ticketKey),
                    "egress.development.allow",
                    "%s:443=127.0.0.1:%s".formatted(SINK_HOST, port),
                    "egress.tunnels",
                    tunnels,
                    "egress.tenantTunnels",
                    tunnels,
                    "environment.kind",
                    "development")))
        .write(file);
    ChildProcess started =
        kept(
            ChildProcess.start(
                data, new ChildProcess.Command("egress", OpaStart.java(file), Map.of())));
    if (!Wait.until(START, () -> way().open())) {
      throw new Unavailable("the egress proxy does not listen; see logs/egress.log");
    }
    return started;
  }

  private <T extends AutoCloseable> T kept(T part) {
    parts.addFirst(part);
    return part;
  }

  @Override
  public void close() {
    try {
      if (opa.identity().isPresent()) {
        signal("CONT");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    opa.close();
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException("a part of the cell does not end", e);
      }
    }
  }
}

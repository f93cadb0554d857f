package ai.rails.app.bench.policy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

import ai.rails.app.SystemIds;
import ai.rails.app.embedded.ChildProcess;
import ai.rails.app.embedded.OpaBinary;
import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;
import ai.rails.command.CommandBus;
import ai.rails.command.Entity;
import ai.rails.command.axon.AxonCommandBus;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.http.Idempotency;
import ai.rails.command.http.Writes;
import ai.rails.command.policy.BundleApi;
import ai.rails.command.policy.BundleSettings;
import ai.rails.command.policy.BundleSigner;
import ai.rails.command.policy.Grant;
import ai.rails.command.policy.ParamRule;
import ai.rails.command.policy.PauseApi;
import ai.rails.command.policy.PolicyBundleEntity;
import ai.rails.command.policy.PolicyBundles;
import ai.rails.command.policy.PolicySigning;
import ai.rails.command.policy.PostgresBundleStore;
import ai.rails.command.policy.SimulationApi;
import ai.rails.command.policy.TenantGrants;
import ai.rails.command.policy.TenantPolicy;
import ai.rails.command.run.PolicyCheck;
import ai.rails.command.run.RunEntity;
import ai.rails.command.run.RunRows;
import ai.rails.command.run.TimerRows;
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
import ai.rails.platform.http.Route;
import ai.rails.platform.opa.BundleFreshness;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.OpaClient;
import ai.rails.platform.opa.OpaSettings;
import ai.rails.platform.opa.PolicyDecisionPoint;
import ai.rails.platform.postgres.Sql;
import ai.rails.platform.telemetry.Telemetry;

/// What decides in a cell, and what changes it: event store, bundle server with tenants and grants,
/// the API of pauses and simulations, and sidecars of the product's own configuration.
final class DecisionCell implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final int ACTIONS_OF_A_TOOL = 20;

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Path data;
  private final Map<String, String> environment;
  private final int grants;
  private final InstantSource clock = InstantSource.system();
  private final SystemIds ids = new SystemIds();
  private final Secrets secrets;
  private final Ports ports;
  private final BundleSettings settings = BundleSettings.of("development", "bench");
  private final BundleSigner signer;
  private final BenchStore store;
  private final PostgresBundleStore contents;
  private final PolicyBundles bundles;
  private final CommandBus bus;
  private final Entity<RunCommand, Run, RunEvent> runs;
  private final int port;
  private final List<Sidecar> sidecars = new ArrayList<>();
  private int tenants;

  private DecisionCell(Path data, Map<String, String> environment, int grants)
      throws IOException, GeneralSecurityException {
    this.data = data;
    this.environment = Map.copyOf(environment);
    this.grants = grants;
    SecureRandom random = new SecureRandom();
    this.secrets = Secrets.open(data.resolve("secrets.properties"), random);
    this.ports = Ports.open(data.resolve("ports.properties"), random);
    this.store = kept(BenchStore.open(data, environment, ports, secrets));
    boolean _ =
        store
            .database()
            .inTenant(
                OneWrite.TENANT,
                c -> {
                  OneWrite.rows(c);
                  int _ =
                      Sql.execute(
                          c,
                          "INSERT INTO workspace_head VALUES (?, '_tenant', 0, '2026-01-01')",
                          OneWrite.TENANT);
                  return true;
                });
    this.signer = PolicySigning.open(data, settings);
    this.contents = new PostgresBundleStore(store.database());
    this.bundles = kept(new PolicyBundles(settings, signer, contents, clock));
    BudgetCounters budget = new BudgetCounters(new Money("USD", 1_000_000_000_000L));
    this.runs =
        RunEntity.of(
            new RunRules((_, _) -> OneWrite.WORKFLOW, (_, _, _) -> true),
            new PolicyCheck(
                store.database(),
                (_, _) -> OneWrite.WORKFLOW,
                OneWrite::facts,
                budget,
                request -> sidecars.getFirst().pep().decide(request),
                "bench",
                clock));
    AxonCommandBus engine =
        kept(
            AxonCommandBus.start(
                store.database(),
                List.of(runs, PolicyBundleEntity.TYPE),
                Map.of(
                    RunEntity.STREAM_TYPE,
                    List.of(
                        new RunRows((_, _) -> OneWrite.WORKFLOW, budget, new TimerRows(ids), ids))),
                Set.of(),
                clock,
                ids));
    this.bus = new CommandBus(engine, () -> {}, random);
    this.port = serve(ports.of("api"));
  }

  static DecisionCell open(Path data, Map<String, String> environment, int tenants, int grants) {
    try {
      DecisionCell cell = new DecisionCell(data, environment, grants);
      cell.fill(tenants);
      return cell;
    } catch (IOException | GeneralSecurityException e) {
      throw new Unavailable("the cell did not start: " + e.getMessage(), e);
    }
  }

  /// A sidecar and who asks it.
  record Sidecar(ChildProcess opa, BundleFreshness freshness, OpaClient pep)
      implements AutoCloseable {
    long pid() {
      return opa.identity().orElseThrow(() -> new Unavailable("OPA has ended by itself")).pid();
    }

    @Override
    public void close() {
      pep.close();
      freshness.close();
      opa.close();
    }
  }

  List<Sidecar> sidecars() {
    return List.copyOf(sidecars);
  }

  CommandBus bus() {
    return bus;
  }

  Entity<RunCommand, Run, RunEvent> runs() {
    return runs;
  }

  SystemIds ids() {
    return ids;
  }

  URI api(String path) {
    return URI.create("http://127.0.0.1:%s%s".formatted(port, path));
  }

  int tenants() {
    return tenants;
  }

  /// Publishes until there are so many tenants.
  void fill(int wanted) {
    while (tenants < wanted) {
      publish(tenant(tenants), data(true));
      tenants++;
    }
    bundles.renew();
  }

  /// Starts a sidecar and waits until it decides for every tenant.
  Sidecar start(String name) throws IOException {
    OpaStart files =
        OpaStart.write(name, data, environment, settings, signer, secrets, ports, port);
    OpaSettings to =
        OpaSettings.of(URI.create("http://127.0.0.1:" + files.port()), secrets.of("opa.token"));
    ChildProcess opa =
        ChildProcess.start(
            data, new ChildProcess.Command(name, files.arguments(), Map.of("GOMAXPROCS", "1")));
    BundleFreshness freshness = new BundleFreshness(to, clock, System::nanoTime).start();
    Sidecar sidecar =
        new Sidecar(opa, freshness, new OpaClient(to, freshness, contents.highWater(), ids, clock));
    sidecars.add(sidecar);
    if (!Wait.until(START, () -> decidesForAll(sidecar))) {
      throw new Unavailable("OPA has not all bundles after %s; see logs/".formatted(START));
    }
    return sidecar;
  }

  void stop(Sidecar sidecar) {
    sidecars.remove(sidecar);
    sidecar.close();
  }

  private boolean decidesForAll(Sidecar sidecar) {
    sidecar.freshness().poll();
    for (int i = tenants - 1; i >= 0; i--) {
      if (sidecar.pep().decide(question(i, 0)).effect() != Decision.Effect.ALLOW) {
        return false;
      }
    }
    return true;
  }

  /// Publishes the first tenant's data with one grant more, or without it.
  void toggle(boolean granted) {
    publish(OneWrite.TENANT, data(granted));
  }

  /// What [#toggle] decides about.
  DecisionRequest toggled() {
    return OneWrite.question(clock.instant(), OneWrite.TENANT, "toggled", "act", Map.of());
  }

  /// A question that some grant of some tenant allows.
  DecisionRequest question(RandomGenerator random) {
    return question(random.nextInt(tenants), random.nextInt(grants));
  }

  private DecisionRequest question(int tenant, int grant) {
    return grant == 0
        ? OneWrite.question(
            clock.instant(), tenant(tenant), OneWrite.TOOL, OneWrite.ACTION, Map.of())
        : OneWrite.question(
            clock.instant(), tenant(tenant), tool(grant), action(grant), Map.of("impact", "2"));
  }

  static boolean allows(PolicyDecisionPoint pep, DecisionRequest question) {
    return pep.decide(question).effect() == Decision.Effect.ALLOW;
  }

  private static String tenant(int number) {
    return number == 0 ? OneWrite.TENANT : "%s-%s".formatted(OneWrite.TENANT, number);
  }

  private static String tool(int grant) {
    return "tool-" + grant / ACTIONS_OF_A_TOOL;
  }

  private static String action(int grant) {
    return "action-" + grant % ACTIONS_OF_A_TOOL;
  }

  /// So many grants, the first of which is the bench's write.
  private byte[] data(boolean toggled) {
    TenantGrants all =
        TenantGrants.none().currency("USD").allow(grant(OneWrite.TOOL, OneWrite.ACTION));
    for (int i = 1; i < grants; i++) {
      all.allow(
          grant(tool(i), action(i))
              .withHosts(List.of(GuardedCell.SINK_HOST))
              .withParams(Map.of("impact", new ParamRule.OneOf(List.of("1", "2", "3"), false))));
    }
    if (toggled) {
      all.allow(grant("toggled", "act"));
    }
    return all.json();
  }

  private static Grant grant(String tool, String action) {
    return Grant.of(
        tool,
        action,
        OneWrite.CONNECTOR,
        List.of(OneWrite.ENVIRONMENT),
        List.of(OneWrite.ARTIFACT));
  }

  private void publish(String tenant, byte[] json) {
    var _ =
        bundles.publish(
            tenant,
            json,
            (_, saving) -> {
              boolean _ =
                  store
                      .database()
                      .inTenant(
                          tenant,
                          c -> {
                            saving.write(c);
                            return true;
                          });
            });
  }

  private int serve(int at) {
    String token = secrets.of("bundle.token");
    Writes writes = new Writes(bus, new Idempotency(store.database()), ids);
    TenantPolicy policy = new TenantPolicy(bundles, store.database(), bus, ids);
    Path home = Path.of(environment.getOrDefault("AIRAILS_HOME", "."));
    List<Route> routes = new ArrayList<>(new BundleApi(bundles).routes());
    routes.addAll(new PauseApi(writes, store.database(), policy).routes());
    routes.addAll(
        new SimulationApi(
                writes,
                store.database(),
                contents,
                Optional.of(OpaBinary.find(environment, home).path()),
                "bench.airails.internal",
                InstantSource.system())
            .routes());
    kept(
        HttpServer.start(
            Binding.plain("127.0.0.1", at),
            routes,
            shown -> {
              if (shown.equals("administrator")) {
                return new Principal(OneWrite.TENANT, "ada", Set.of(Role.ADMIN));
              }
              if (!shown.equals(token)) {
                throw new GeneralSecurityException("not OPA");
              }
              return new Principal("platform", "svc-opa", Set.of(Role.SERVICE));
            },
            Refusals.UNRECORDED,
            kept(Telemetry.inMemory())));
    kept(bundles::endWaiting);
    return at;
  }

  private <T extends AutoCloseable> T kept(T part) {
    parts.addFirst(part);
    return part;
  }

  @Override
  public void close() {
    sidecars.forEach(Sidecar::close);
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IllegalStateException("a part of the cell does not end", e);
      }
    }
  }
}

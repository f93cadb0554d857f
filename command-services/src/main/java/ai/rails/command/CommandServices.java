package ai.rails.command;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import com.google.crypto.tink.subtle.Ed25519Sign;

import ai.rails.command.access.AccessEntity;
import ai.rails.command.access.AccessLog;
import ai.rails.command.access.NotedReads;
import ai.rails.command.axon.AxonCommandBus;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.collateral.CollateralRows;
import ai.rails.command.connector.ConnectorInstanceEntity;
import ai.rails.command.connector.InstanceNews;
import ai.rails.command.flow.FlowLimits;
import ai.rails.command.flow.Flows;
import ai.rails.command.http.Guarded;
import ai.rails.command.http.Idempotency;
import ai.rails.command.http.Writes;
import ai.rails.command.key.Attestation;
import ai.rails.command.key.KeyPolicy;
import ai.rails.command.key.LocalKms;
import ai.rails.command.key.TenantSecrets;
import ai.rails.command.key.WorkerEntity;
import ai.rails.command.key.WorkerInstances;
import ai.rails.command.key.WorkerLife;
import ai.rails.command.ledger.LogEntity;
import ai.rails.command.policy.BundleApi;
import ai.rails.command.policy.BundleSettings;
import ai.rails.command.policy.BundleSigner;
import ai.rails.command.policy.OpaConfig;
import ai.rails.command.policy.PolicyBundleEntity;
import ai.rails.command.policy.PolicyBundles;
import ai.rails.command.policy.PolicySigning;
import ai.rails.command.policy.PostgresBundleStore;
import ai.rails.command.policy.ShadowPart;
import ai.rails.command.policy.TenantPolicy;
import ai.rails.command.privacy.Privacy;
import ai.rails.command.reveal.RevealCommands;
import ai.rails.command.reveal.RevealRows;
import ai.rails.command.run.Actions;
import ai.rails.command.run.CallLimits;
import ai.rails.command.run.PolicyCheck;
import ai.rails.command.run.Queues;
import ai.rails.command.run.RunEntity;
import ai.rails.command.run.RunRows;
import ai.rails.command.run.Schedules;
import ai.rails.command.run.TimerRows;
import ai.rails.command.run.Timers;
import ai.rails.command.runner.RunnerCalls;
import ai.rails.command.runner.RunnerEntity;
import ai.rails.command.siem.SiemEntity;
import ai.rails.command.slack.SlackApi;
import ai.rails.command.slack.SocketMode;
import ai.rails.command.tenant.ApiKeys;
import ai.rails.command.tenant.AuditAccess;
import ai.rails.command.tenant.BudgetAlarm;
import ai.rails.command.tenant.BudgetEntity;
import ai.rails.command.tenant.PersonEntity;
import ai.rails.command.tenant.TenantEntity;
import ai.rails.command.workflow.ActiveWorkflows;
import ai.rails.command.workflow.ArtifactAlarm;
import ai.rails.command.workflow.ArtifactSigning;
import ai.rails.command.workflow.Compiler;
import ai.rails.command.workflow.StoredArtifacts;
import ai.rails.command.workflow.WorkflowEntity;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunRules;
import ai.rails.domain.workflow.Conditions;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Authenticator;
import ai.rails.platform.http.Refusals;
import ai.rails.platform.http.Route;
import ai.rails.platform.opa.BundleFreshness;
import ai.rails.platform.opa.OpaClient;
import ai.rails.platform.opa.OpaSettings;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Migrations;
import ai.rails.platform.postgres.PostgresConfig;
import ai.rails.platform.telemetry.Measure;

/// The write side as a whole, wired from top to bottom. It serves nothing by itself: its routes are
/// mounted by whoever starts it.
public final class CommandServices implements AutoCloseable {
  private static final int CONNECTIONS = 20;
  private static final Money MONTHLY = new Money("USD", 100_000_000_000L);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration ANSWERS_KEPT = Duration.ofDays(7);
  private static final Duration CHARGES_KEPT = Duration.ofDays(40);

  private final Housekeeping housekeeping = new Housekeeping();
  private final Database database;
  private final AxonCommandBus engine;
  private final Timers timers;
  private final Schedules schedules;
  private final Privacy privacy;
  private final ShadowPart shadows;
  private final PolicyBundles bundles;
  private final BundleSigner signer;
  private final BundleFreshness freshness;
  private final OpaClient policy;
  private final Attestation attestation;
  private final WorkerLife workers;
  private final Refusals refusals;
  private final ApiKeys apiKeys;
  private final AuditAccess audits;
  private final List<Route> routes;
  private final List<Route> workerRoutes;
  private final Optional<SocketMode> sockets;

  /// What it takes from outside.
  ///
  /// @param compiler workflows to artifacts
  /// @param conditions evaluates `when`
  /// @param actions what manifests say of actions
  /// @param ticketKey signs egress tickets
  /// @param ids gives UUIDs of version 7
  public record Surroundings(
      Compiler compiler,
      Conditions conditions,
      Actions actions,
      Ed25519Sign ticketKey,
      InstantSource clock,
      RandomGenerator random,
      Supplier<UUID> ids) {}

  private CommandServices(Settings settings, PostgresConfig postgres, Surroundings around)
      throws IOException, GeneralSecurityException {
    Path data = settings.path("data.dir");
    BundleSettings bundleSettings =
        BundleSettings.of(settings.required("environment.kind"), settings.required("cell.id"));
    Migrations.store(postgres);
    this.database = Database.open(postgres, PostgresConfig.Role.APP, CONNECTIONS);
    PostgresBundleStore store = new PostgresBundleStore(database);
    this.signer = PolicySigning.open(data, bundleSettings);
    this.bundles = new PolicyBundles(bundleSettings, signer, store, around.clock()).start();
    OpaSettings opa = OpaSettings.of(settings.address("opa.url"), settings.required("opa.token"));
    this.freshness = new BundleFreshness(opa, around.clock(), System::nanoTime).start();
    this.policy = new OpaClient(opa, freshness, store.highWater(), around.ids(), around.clock());
    this.attestation = Attestation.of(settings, new CollateralRows(database), around);
    AtomicReference<CommandBus> later = new AtomicReference<>();
    ArtifactSigning signing = ArtifactSigning.open(data);
    StoredArtifacts artifacts =
        new StoredArtifacts(
            database, signing, around.compiler(), new ArtifactAlarm(later::get, around.ids()));
    BudgetCounters budget = new BudgetCounters(MONTHLY, new BudgetAlarm(later::get, around.ids()));
    CallLimits limits = new CallLimits(around.actions(), new Flows(FlowLimits.of(settings)));
    Entity<RunCommand, Run, RunEvent> runs = runs(settings, artifacts, budget, limits, around);
    this.engine = engine(runs, artifacts, budget, limits, around);
    Semaphore wake = new Semaphore(0);
    CommandBus bus = new CommandBus(engine, wake::release, around.random());
    later.set(bus);
    this.timers = new Timers(database, bus, runs, around.ids(), wake).start();
    this.schedules =
        new Schedules(database, bus, runs, artifacts, around.clock(), around.ids()).start();
    AccessLog access = new AccessLog(bus, around.clock(), around.ids());
    this.refusals = access;
    Idempotency idempotency = new Idempotency(database);
    this.workers = new WorkerLife(database, bus, around.ids());
    this.audits = new AuditAccess(database, bus, around.clock(), around.ids());
    keepHouse(idempotency, new InstanceNews(database, later::get, around), around);
    this.apiKeys = ApiKeys.open(data, database, settings.required("environment.kind"));
    Writes writes = new Writes(bus, idempotency, around.ids());
    this.privacy = new Privacy(database, bus, writes, around.clock(), around.ids()).start();
    TenantPolicy people = new TenantPolicy(bundles, database, bus, around.ids());
    people.catchUp();
    Optional<Path> opaBinary = settings.text("opa.binary").map(Path::of);
    this.shadows = new ShadowPart(opaBinary, database, store, writes, around.ids()).start();
    CommandRoutes wiring =
        new CommandRoutes(
            settings,
            database,
            bus,
            writes,
            runs,
            artifacts,
            signing,
            new TenantSecrets(LocalKms.open(data)),
            new KeyPolicy(policy, settings.required("cell.id")),
            attestation.check(),
            people,
            store,
            access,
            apiKeys,
            budget,
            policy,
            around);
    SlackApi slack = wiring.slack();
    this.routes = routes(wiring, slack, new NotedReads(writes, bus, around.clock()));
    this.workerRoutes = Guarded.all(wiring.workerRoutes(freshness::fresh));
    this.sockets = slack.sockets(around.random());
    sockets.ifPresent(
        each -> housekeeping.every(SECOND, MINUTE.dividedBy(12), "slack sockets", each::look));
  }

  private Entity<RunCommand, Run, RunEvent> runs(
      Settings settings,
      StoredArtifacts artifacts,
      BudgetCounters budget,
      CallLimits limits,
      Surroundings around) {
    return RunEntity.of(
        new RunRules(artifacts, around.conditions()),
        new PolicyCheck(
            database,
            artifacts,
            around.actions(),
            budget,
            limits,
            policy,
            settings.required("cell.id"),
            around.clock()));
  }

  private List<Route> routes(CommandRoutes wiring, SlackApi slack, NotedReads reads) {
    return Guarded.all(
        Stream.of(
                wiring.routes(slack),
                privacy.routes(),
                reads.of(shadows.routes()),
                new BundleApi(bundles).routes())
            .flatMap(List::stream)
            .toList());
  }

  private void keepHouse(Idempotency idempotency, InstanceNews news, Surroundings around) {
    housekeeping.every(SECOND, SECOND, "connector instances", news::tell);
    housekeeping.every(SECOND, SECOND, "audit access", audits::look);
    housekeeping.every(
        SECOND,
        SECOND,
        "workers",
        () -> {
          int _ = workers.look();
        });
    housekeeping.every(
        MINUTE,
        MINUTE.multipliedBy(60),
        "old rows",
        () -> {
          int _ = idempotency.forget(ANSWERS_KEPT);
          BudgetCounters.sweep(database, around.clock().instant().minus(CHARGES_KEPT));
          RunnerCalls.sweep(database);
        });
    housekeeping.every(MINUTE, MINUTE, "reveals", () -> RevealRows.sweep(database));
  }

  /// Migrates the store, opens pools and keys, and starts timers and bundle renewal.
  public static CommandServices start(
      Settings settings, PostgresConfig postgres, Surroundings around)
      throws IOException, GeneralSecurityException {
    return new CommandServices(settings, postgres, around);
  }

  private AxonCommandBus engine(
      Entity<RunCommand, Run, RunEvent> runs,
      StoredArtifacts artifacts,
      BudgetCounters budget,
      CallLimits limits,
      Surroundings around) {
    return AxonCommandBus.start(
        database,
        Stream.concat(
                Stream.of(
                    runs,
                    TenantEntity.TYPE,
                    PersonEntity.TYPE,
                    WorkflowEntity.TYPE,
                    ConnectorInstanceEntity.TYPE,
                    BudgetEntity.TYPE,
                    WorkerEntity.TYPE,
                    AccessEntity.TYPE,
                    SiemEntity.TYPE,
                    RunnerEntity.TYPE,
                    LogEntity.TYPE,
                    PolicyBundleEntity.TYPE),
                Privacy.ENTITIES.stream())
            .toList(),
        Map.of(
            RunEntity.STREAM_TYPE,
            List.of(
                new RunRows(artifacts, budget, limits, new TimerRows(around.ids()), around.ids())),
            AccessEntity.TYPE.streamType(),
            List.of(new RevealCommands())),
        Set.of(TenantEntity.TYPE.streamType(), AccessEntity.TYPE.streamType()),
        around.clock(),
        around.ids());
  }

  /// For people and services, on the public port.
  public List<Route> routes() {
    return routes;
  }

  /// For workers, on the port with mutual TLS.
  public List<Route> workerRoutes() {
    return workerRoutes;
  }

  /// Takes keys of programs beside tokens; auditors from outside are let in for their time.
  public Authenticator authenticator(Authenticator tokens) {
    return audits.limiting(apiKeys.or(tokens));
  }

  public Refusals refusals() {
    return refusals;
  }

  /// How OPA is to be started beside this.
  ///
  /// @param serviceToken file with the token that OPA shows at the bundle server
  public OpaConfig opaConfig(Settings settings, Path serviceToken, Path directory) {
    return new OpaConfig(
        BundleSettings.of(settings.required("environment.kind"), settings.required("cell.id")),
        URI.create(settings.required("command.url") + "/policy/v1"),
        serviceToken,
        settings.required("opa.token"),
        settings.required("opa.probe.token"),
        signer.keyId(),
        signer.publicKeyPem(),
        directory);
  }

  /// Tenant to its active workflow versions.
  public Map<String, List<ActiveWorkflows.Active>> activeWorkflows() {
    return database.acrossTenants(Errand.WORKERS, ActiveWorkflows::everyTenant);
  }

  /// Whether a worker has its keys for an artifact.
  public boolean workerHasKeys(String tenant, String artifactDigest) {
    return database.inTenant(
        tenant, connection -> WorkerInstances.hasKeys(connection, tenant, artifactDigest));
  }

  /// What whoever runs the workers asks and does.
  public WorkerLife workers() {
    return workers;
  }

  /// Why policy can not be asked about a tenant now; empty when it can.
  public Optional<String> policyProblem(String tenant) {
    return freshness.fresh(tenant)
        ? Optional.empty()
        : Optional.of("policy bundles of tenant %s are not fresh".formatted(tenant));
  }

  /// How much work waits in the store.
  public List<Measure> measures() {
    return Stream.of(new Queues(database).measures(), privacy.measures())
        .flatMap(List::stream)
        .toList();
  }

  /// Lets requests that only wait end at once, so that a server which drains need not wait for
  /// them.
  public void endWaiting() {
    bundles.endWaiting();
  }

  /// Whether leases, back-offs and deadlines are kept.
  public boolean healthy() {
    return timers.alive();
  }

  @Override
  public void close() {
    housekeeping.close();
    sockets.ifPresent(SocketMode::close);
    shadows.close();
    schedules.close();
    privacy.close();
    timers.close();
    attestation.close();
    policy.close();
    freshness.close();
    bundles.close();
    engine.close();
    database.close();
  }
}

package ai.rails.command;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.access.AccessEntity;
import ai.rails.command.access.AccessLog;
import ai.rails.command.axon.AxonCommandBus;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.connector.ConnectorApi;
import ai.rails.command.connector.ConnectorInstanceEntity;
import ai.rails.command.gate.GateApi;
import ai.rails.command.gate.Gates;
import ai.rails.command.hook.HookApi;
import ai.rails.command.hook.WebhookSecrets;
import ai.rails.command.http.Guarded;
import ai.rails.command.http.Idempotency;
import ai.rails.command.http.WorkerRoutes;
import ai.rails.command.http.Writes;
import ai.rails.command.key.KeyRelease;
import ai.rails.command.key.Kms;
import ai.rails.command.key.ReleaseApi;
import ai.rails.command.key.TenantSecrets;
import ai.rails.command.key.WorkerEntity;
import ai.rails.command.key.WorkerInstances;
import ai.rails.command.policy.PolicyApi;
import ai.rails.command.policy.PolicyBundleEntity;
import ai.rails.command.policy.PolicyBundles;
import ai.rails.command.policy.TenantPolicy;
import ai.rails.command.run.Actions;
import ai.rails.command.run.PolicyCheck;
import ai.rails.command.run.ReplayApi;
import ai.rails.command.run.RunApi;
import ai.rails.command.run.RunEntity;
import ai.rails.command.run.RunRows;
import ai.rails.command.run.TimerRows;
import ai.rails.command.run.Timers;
import ai.rails.command.slack.SlackApi;
import ai.rails.command.tenant.BudgetApi;
import ai.rails.command.tenant.BudgetEntity;
import ai.rails.command.tenant.PeopleApi;
import ai.rails.command.tenant.TenantApi;
import ai.rails.command.tenant.TenantEntity;
import ai.rails.command.worker.Tickets;
import ai.rails.command.worker.WorkerApi;
import ai.rails.command.workflow.ArtifactSigning;
import ai.rails.command.workflow.Compiler;
import ai.rails.command.workflow.StoredArtifacts;
import ai.rails.command.workflow.WorkflowApi;
import ai.rails.command.workflow.WorkflowEntity;
import ai.rails.domain.Actor;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunRules;
import ai.rails.domain.workflow.Conditions;
import ai.rails.domain.workflow.WorkflowCommand.RefuseArtifact;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Refusals;
import ai.rails.platform.http.Route;
import ai.rails.platform.opa.PolicyDecisionPoint;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// The write side, put together: entities, rows, timers, and the routes of both ports.
///
/// Who starts it serves [#routes()] where clients are, and [#workerRoutes()] over mutual TLS.
/// Thread-safe once started.
public final class CommandServices implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommandServices.class);
  private static final Duration ANSWERS_KEPT = Duration.ofDays(7);

  private final Database database;
  private final AxonCommandBus engine;
  private final Timers timers;
  private final AccessLog access;
  private final List<Route> routes;
  private final List<Route> workerRoutes;
  private final ScheduledExecutorService housekeeping =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("command-housekeeping-").factory());

  private CommandServices(
      Database database,
      AxonCommandBus engine,
      Timers timers,
      AccessLog access,
      List<Route> routes,
      List<Route> workerRoutes) {
    this.database = database;
    this.engine = engine;
    this.timers = timers;
    this.access = access;
    this.routes = List.copyOf(routes);
    this.workerRoutes = List.copyOf(workerRoutes);
  }

  /// What the write side stands on. Whoever makes a part closes it.
  ///
  /// @param database logged in as the application's role
  /// @param actions what connectors' manifests say
  /// @param ids gives UUIDs of version 7
  public record Parts(
      Database database,
      Kms kms,
      Compiler compiler,
      Conditions conditions,
      ArtifactSigning signing,
      Actions actions,
      PolicyDecisionPoint policy,
      PolicyBundles bundles,
      Tickets tickets,
      InstantSource clock,
      Supplier<UUID> ids) {}

  /// Starts the write side.
  ///
  /// Settings: `cell.id`, `region`, `policy.sidecar.token`; `attestation.development` (false),
  /// `command.lease` (PT30S), `command.budget.unset.nanos` (0) and `.currency` (USD).
  public static CommandServices start(Settings settings, Parts parts) {
    var wake = new Semaphore(0);
    var budget = new BudgetCounters(unset(settings));
    var late = new LateBus();
    var artifacts =
        new StoredArtifacts(
            parts.database(), parts.signing(), parts.compiler(), late.altered(parts.ids()));
    Entity<RunCommand, Run, RunEvent> runs =
        RunEntity.of(
            new RunRules(artifacts, parts.conditions()),
            new PolicyCheck(
                parts.database(),
                artifacts,
                parts.actions(),
                budget,
                parts.policy(),
                settings.required("cell.id"),
                parts.clock()));
    AxonCommandBus engine =
        AxonCommandBus.start(
            parts.database(),
            entities(runs),
            Map.of(
                RunEntity.STREAM_TYPE,
                List.of(new RunRows(artifacts, budget, new TimerRows(parts.ids()), parts.ids()))),
            Set.of(TenantEntity.TYPE.streamType()),
            parts.clock(),
            parts.ids());
    var bus = new CommandBus(engine, wake::release);
    late.set(bus);
    var access = new AccessLog(bus, parts.clock(), parts.ids());
    var idempotency = new Idempotency(parts.database());
    var wiring = new Wiring(settings, parts, artifacts, runs, bus, access, idempotency);
    var timers = new Timers(parts.database(), bus, runs, parts.ids(), wake).start();
    var services =
        new CommandServices(
            parts.database(),
            engine,
            timers,
            access,
            Guarded.all(wiring.routes()),
            Guarded.all(wiring.workerRoutes()));
    services.keepHouse(idempotency);
    return services;
  }

  /// Everything that is served to clients.
  public List<Route> routes() {
    return routes;
  }

  /// Everything that is served to workers, over mutual TLS.
  public List<Route> workerRoutes() {
    return workerRoutes;
  }

  /// Takes refused requests, of this side's routes and of others' on the same port.
  public Refusals refusals() {
    return access;
  }

  /// Checks for `/readyz`.
  public Map<String, BooleanSupplier> checks() {
    return Map.of(
        "store",
        () ->
            database
                .inTransaction(connection -> Sql.one(connection, "SELECT 1", row -> row.getInt(1)))
                .isPresent());
  }

  @Override
  public void close() {
    housekeeping.shutdownNow();
    timers.close();
    engine.close();
  }

  private static List<Entity<?, ?, ?>> entities(Entity<RunCommand, Run, RunEvent> runs) {
    return List.of(
        runs,
        TenantEntity.TYPE,
        WorkflowEntity.TYPE,
        ConnectorInstanceEntity.TYPE,
        WorkerEntity.TYPE,
        PolicyBundleEntity.TYPE,
        BudgetEntity.TYPE,
        AccessEntity.TYPE);
  }

  private static Money unset(Settings settings) {
    return new Money(
        settings.text("command.budget.unset.currency", "USD"),
        settings.text("command.budget.unset.nanos").map(Long::parseLong).orElse(0L));
  }

  private void keepHouse(Idempotency idempotency) {
    var _ =
        housekeeping.scheduleWithFixedDelay(
            () -> {
              try {
                int forgotten = idempotency.forget(ANSWERS_KEPT);
                LOG.atDebug().addKeyValue("answers", forgotten).log("old answers forgotten");
              } catch (RuntimeException e) {
                LOG.atWarn().setCause(e).log("old answers could not be forgotten");
              }
            },
            1,
            60,
            TimeUnit.MINUTES);
  }

  /// Who needs what; read from top to bottom.
  private record Wiring(
      Settings settings,
      Parts parts,
      StoredArtifacts artifacts,
      Entity<RunCommand, Run, RunEvent> runs,
      CommandBus bus,
      AccessLog access,
      Idempotency idempotency) {
    List<Route> routes() {
      Database database = parts.database();
      var writes = new Writes(bus, idempotency, parts.ids());
      var secrets = new TenantSecrets(parts.kms());
      var webhooks = new WebhookSecrets(database, secrets);
      var policy = new TenantPolicy(parts.bundles(), database, bus, parts.ids());
      var gates = new Gates(bus, runs, database, parts.ids());
      List<Route> all = new ArrayList<>();
      all.addAll(
          new TenantApi(writes, settings.required("cell.id"), settings.required("region"))
              .routes());
      all.addAll(new PeopleApi(database, policy).routes());
      all.addAll(new BudgetApi(writes, parts.clock()).routes());
      all.addAll(
          new WorkflowApi(writes, database, parts.compiler(), parts.signing(), secrets, policy)
              .routes());
      all.addAll(new ConnectorApi(writes, database, secrets, policy).routes());
      all.addAll(new RunApi(writes, database, artifacts, runs).routes());
      all.addAll(new ReplayApi(writes, database, runs).routes());
      all.addAll(new GateApi(writes, gates).routes());
      all.addAll(
          new HookApi(webhooks, database, artifacts, bus, runs, parts.clock(), parts.ids())
              .routes());
      all.addAll(new SlackApi(webhooks, gates, database, parts.clock()).routes());
      all.addAll(
          new PolicyApi(
                  policy, parts.bundles(), database, settings.required("policy.sidecar.token"))
              .routes());
      return all;
    }

    List<Route> workerRoutes() {
      Database database = parts.database();
      var instances = new WorkerInstances(database);
      var release =
          new KeyRelease(
              database,
              bus,
              artifacts,
              instances,
              new TenantSecrets(parts.kms()),
              settings.flag("attestation.development", false),
              parts.clock(),
              parts.ids());
      var worker =
          new WorkerApi(
              database,
              bus,
              runs,
              artifacts,
              parts.tickets(),
              (tenant, principal, route, resource, code) ->
                  access.note(
                      tenant, new Actor(Actor.Kind.WORKER, principal), route, resource, code),
              settings.duration("command.lease", Duration.ofSeconds(30)),
              parts.ids(),
              parts.clock());
      List<Route> all = new ArrayList<>(new ReleaseApi(release, artifacts, instances).routes());
      all.addAll(WorkerRoutes.of(worker.endpoints()));
      return all;
    }
  }

  /// Artifacts are needed to make the bus, and tell the bus of altered ones. They are told of on a
  /// thread of their own, since a load may happen within a command.
  private static final class LateBus {
    private volatile Optional<CommandBus> bus = Optional.empty();

    void set(CommandBus made) {
      bus = Optional.of(made);
    }

    StoredArtifacts.Altered altered(Supplier<UUID> ids) {
      return (tenant, workspace, workflow, digest, reason) ->
          bus.ifPresent(there -> {
            var _ =
                Thread.startVirtualThread(
                    () -> tell(there, ids, tenant, workspace, workflow, digest, reason));
          });
    }

    private static void tell(
        CommandBus bus,
        Supplier<UUID> ids,
        String tenant,
        String workspace,
        String workflow,
        String digest,
        String reason) {
      String id = ids.get().toString();
      try {
        bus.dispatch(
            new CommandContext(
                tenant,
                workspace,
                Optional.empty(),
                new Actor(Actor.Kind.SERVICE, "artifacts"),
                id,
                id,
                Optional.empty(),
                Optional.empty(),
                Optional.of(workflow),
                List.of()),
            WorkflowEntity.TYPE,
            new RefuseArtifact(tenant, workflow, digest, reason));
      } catch (RuntimeException e) {
        LOG.atError().setCause(e).addKeyValue("digest", digest).log("not noted as altered");
      }
    }
  }
}

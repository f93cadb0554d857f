package ai.rails.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

import ai.rails.command.access.AccessApi;
import ai.rails.command.access.AccessLog;
import ai.rails.command.access.NotedReads;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.connector.ConnectorApi;
import ai.rails.command.connector.LimitsApi;
import ai.rails.command.gate.Approvals;
import ai.rails.command.gate.ApproverLoad;
import ai.rails.command.gate.Gates;
import ai.rails.command.hook.HookApi;
import ai.rails.command.hook.WebhookSecrets;
import ai.rails.command.http.Writes;
import ai.rails.command.key.EvidenceCheck;
import ai.rails.command.key.KeyPolicy;
import ai.rails.command.key.KeyRelease;
import ai.rails.command.key.ReferenceValues;
import ai.rails.command.key.ReleaseApi;
import ai.rails.command.key.TenantSecrets;
import ai.rails.command.key.WorkerInstances;
import ai.rails.command.key.WorkerLife;
import ai.rails.command.key.WorkerLifeApi;
import ai.rails.command.ledger.EpochApi;
import ai.rails.command.policy.AuthorizationApi;
import ai.rails.command.policy.BundleStore;
import ai.rails.command.policy.DraftApi;
import ai.rails.command.policy.ExceptionApi;
import ai.rails.command.policy.GrantApi;
import ai.rails.command.policy.PauseApi;
import ai.rails.command.policy.SettingsApi;
import ai.rails.command.policy.SimulationApi;
import ai.rails.command.policy.TenantPolicy;
import ai.rails.command.reveal.RevealApi;
import ai.rails.command.reveal.Reveals;
import ai.rails.command.run.ForkApi;
import ai.rails.command.run.ReplayApi;
import ai.rails.command.run.RunApi;
import ai.rails.command.runner.RunnerApi;
import ai.rails.command.runner.RunnerGate;
import ai.rails.command.siem.SiemApi;
import ai.rails.command.slack.SlackApi;
import ai.rails.command.slack.SlackSide;
import ai.rails.command.tenant.ApiKeyApi;
import ai.rails.command.tenant.ApiKeys;
import ai.rails.command.tenant.AuditAccessApi;
import ai.rails.command.tenant.BudgetApi;
import ai.rails.command.tenant.EnvironmentApi;
import ai.rails.command.tenant.LinkProposalApi;
import ai.rails.command.tenant.OffboardingApi;
import ai.rails.command.tenant.PeopleApi;
import ai.rails.command.tenant.ProjectApi;
import ai.rails.command.tenant.RoleProposalApi;
import ai.rails.command.tenant.TenantApi;
import ai.rails.command.worker.KeyHolders;
import ai.rails.command.worker.Tickets;
import ai.rails.command.worker.WorkerApi;
import ai.rails.command.worker.WorkerRoutes;
import ai.rails.command.workflow.ArtifactApi;
import ai.rails.command.workflow.ArtifactSigning;
import ai.rails.command.workflow.StoredArtifacts;
import ai.rails.command.workflow.VersionReleaseApi;
import ai.rails.command.workflow.WorkflowApi;
import ai.rails.domain.Actor;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunEvent;
import ai.rails.platform.config.Settings;
import ai.rails.platform.egress.ServiceTunnels;
import ai.rails.platform.http.Route;
import ai.rails.platform.opa.OpaClient;
import ai.rails.platform.postgres.Database;

/// The write side's routes, from their parts.
record CommandRoutes(
    Settings settings,
    Database database,
    CommandBus bus,
    Writes writes,
    Entity<RunCommand, Run, RunEvent> runs,
    StoredArtifacts artifacts,
    ArtifactSigning signing,
    TenantSecrets secrets,
    KeyPolicy keys,
    EvidenceCheck evidence,
    TenantPolicy policy,
    BundleStore contents,
    AccessLog access,
    ApiKeys apiKeys,
    BudgetCounters budgets,
    OpaClient opa,
    CommandServices.Surroundings around) {
  private static final Duration LEASE = Duration.ofSeconds(30);
  private static final long MAX_BYTES = 10L << 20;

  /// As long as a policy bundle counts after it was last fetched.
  private static final Duration POLICY_LIVES = Duration.ofMinutes(15);

  /// @param slack from [#slack()]
  List<Route> routes(SlackApi slack) {
    Gates gates = new Gates(bus, runs, database, around.ids());
    ApproverLoad load = new ApproverLoad(database, policy::approvalsPerHour);
    WebhookSecrets hooks = new WebhookSecrets(database, secrets);
    NotedReads reads = new NotedReads(writes, bus, around.clock());
    DraftApi drafts = new DraftApi(writes, database, contents, policy);
    return Stream.of(
            tenantRoutes(reads),
            new WorkflowApi(
                    writes,
                    database,
                    around.compiler(),
                    opa,
                    signing,
                    secrets,
                    artifacts,
                    around.clock(),
                    policy)
                .routes(),
            new VersionReleaseApi(writes, database).routes(),
            new ArtifactApi(artifacts).routes(),
            new GrantApi(
                    writes,
                    database,
                    artifacts,
                    policy,
                    ReferenceValues.of(settings),
                    twoPersons() ? Optional.of(drafts) : Optional.empty())
                .routes(),
            policyRoutes(reads, drafts),
            new WorkerLifeApi(writes, database, new WorkerLife(database, bus, around.ids()))
                .routes(),
            new ConnectorApi(writes, database, secrets, policy, around.actions()).routes(),
            new RunnerApi(
                    writes,
                    settings.text("runner.ca.file").map(Path::of),
                    settings.text("egress.ticket.public"),
                    around.clock())
                .routes(),
            new LimitsApi(database, around.clock()).routes(),
            new RunApi(writes, database, artifacts, runs).routes(),
            new ForkApi(writes, database, artifacts, runs).routes(),
            new ReplayApi(writes, database, runs).routes(),
            new Approvals(settings, writes, gates, database, load, around.clock(), twoPersons())
                .routes(reads),
            new RevealApi(writes, reveals(), System::nanoTime).routes(),
            new HookApi(hooks, database, artifacts, bus, runs, around.clock(), around.ids())
                .routes(),
            slack.routes())
        .flatMap(List::stream)
        .toList();
  }

  /// Who and what there is in a tenant, and what it may use.
  private List<Route> tenantRoutes(NotedReads reads) {
    LinkProposalApi links = new LinkProposalApi(writes, database);
    RoleProposalApi proposals = new RoleProposalApi(writes, database, policy);
    return Stream.of(
            reads.of(
                new EpochApi(
                        writes,
                        database,
                        settings.text("cell.domain", settings.required("cell.id")),
                        settings.text("evidence.policy.file").map(Path::of))
                    .routes()),
            new TenantApi(writes, settings.required("cell.id"), settings.required("region"))
                .routes(),
            new EnvironmentApi(writes).routes(),
            new ProjectApi(writes).routes(),
            new OffboardingApi(writes, database, secrets, policy::forget).routes(),
            new PeopleApi(
                    writes,
                    database,
                    policy,
                    twoPersons() ? Optional.of(proposals) : Optional.empty(),
                    twoPersons() ? Optional.of(links) : Optional.empty())
                .routes(),
            reads.of(proposals.routes()),
            reads.of(links.routes()),
            reads.of(new ApiKeyApi(writes, database, apiKeys, around.clock()).routes()),
            reads.of(new AuditAccessApi(writes, database, around.clock()).routes()),
            new BudgetApi(writes, database, budgets, around.clock()).routes(),
            new SiemApi(writes, database).routes(),
            new AccessApi(writes, around.clock()).routes())
        .flatMap(List::stream)
        .toList();
  }

  private List<Route> policyRoutes(NotedReads reads, DraftApi drafts) {
    return Stream.of(
            new AuthorizationApi(
                    opa,
                    settings.required("cell.id"),
                    settings.required("environment.kind"),
                    around.clock())
                .routes(),
            reads.of(new PauseApi(writes, database, policy).routes()),
            reads.of(drafts.routes()),
            reads.of(new SettingsApi(policy, drafts).routes()),
            reads.of(new ExceptionApi(writes, database, policy, drafts, around.clock()).routes()),
            reads.of(
                new SimulationApi(
                        writes,
                        database,
                        contents,
                        settings.text("opa.binary").map(Path::of),
                        settings.text("cell.domain", settings.required("cell.id")),
                        around.clock())
                    .routes()))
        .flatMap(List::stream)
        .toList();
  }

  /// Cards' clicks, and the sockets through which they may come.
  SlackApi slack() {
    return new SlackApi(
        new WebhookSecrets(database, secrets),
        secrets,
        new Gates(bus, runs, database, around.ids()),
        new ApproverLoad(database, policy::approvalsPerHour),
        database,
        ServiceTunnels.of(
            settings, SlackSide.HOSTS, around.ticketKey(), around.ids(), around.clock()),
        around.clock());
  }

  private Tickets tickets() {
    return new Tickets(
        around.ticketKey(),
        settings.required("egress.proxyId"),
        MAX_BYTES,
        MAX_BYTES,
        around.ids(),
        around.clock());
  }

  private Reveals reveals() {
    return new Reveals(
        database, bus, runs, artifacts, opa, settings.required("cell.id"), around.clock());
  }

  /// Whether nobody changes who may do what alone.
  private boolean twoPersons() {
    return settings.required("environment.kind").equals("production");
  }

  /// @param policyIsFresh whether policy can be asked about a tenant now
  List<Route> workerRoutes(Predicate<String> policyIsFresh) {
    WorkerInstances instances = new WorkerInstances(database);
    KeyRelease release =
        new KeyRelease(
            database,
            bus,
            artifacts,
            instances,
            secrets,
            evidence,
            keys,
            around.clock(),
            around.ids());
    WorkerApi worker =
        new WorkerApi(
            database,
            bus,
            runs,
            artifacts,
            reveals(),
            around.actions(),
            tickets(),
            (tenant, name, route, resource, code) ->
                access.note(tenant, new Actor(Actor.Kind.WORKER, name), route, resource, code),
            (connection, who, work) ->
                WorkerInstances.holdsKeys(connection, who, work == KeyHolders.Work.NEW),
            LEASE,
            around.ids(),
            around.clock());
    return Stream.of(
            new ReleaseApi(release, artifacts, instances).routes(),
            WorkerRoutes.of(worker.endpoints()),
            new RunnerGate(database, policyIsFresh, POLICY_LIVES, around.clock()).routes())
        .flatMap(List::stream)
        .toList();
  }
}

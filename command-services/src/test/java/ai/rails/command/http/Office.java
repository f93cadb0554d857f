package ai.rails.command.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.CommandBus;
import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.command.TestIds;
import ai.rails.command.TestStore;
import ai.rails.command.access.AccessApi;
import ai.rails.command.access.AccessEntity;
import ai.rails.command.access.AccessLog;
import ai.rails.command.access.NotedReads;
import ai.rails.command.axon.AxonCommandBus;
import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.connector.ConnectorApi;
import ai.rails.command.connector.ConnectorInstanceEntity;
import ai.rails.command.connector.LimitsApi;
import ai.rails.command.gate.Approvals;
import ai.rails.command.gate.ApproverLoad;
import ai.rails.command.gate.Gates;
import ai.rails.command.hook.HookApi;
import ai.rails.command.hook.WebhookSecrets;
import ai.rails.command.key.LocalKms;
import ai.rails.command.key.TenantSecrets;
import ai.rails.command.key.WorkerEntity;
import ai.rails.command.key.WorkerLife;
import ai.rails.command.key.WorkerLifeApi;
import ai.rails.command.ledger.LogEntity;
import ai.rails.command.privacy.Privacy;
import ai.rails.command.reveal.Reveals;
import ai.rails.command.run.Actions;
import ai.rails.command.run.ForkApi;
import ai.rails.command.run.ReplayApi;
import ai.rails.command.run.RunApi;
import ai.rails.command.run.RunEntity;
import ai.rails.command.run.RunPlace;
import ai.rails.command.run.RunRows;
import ai.rails.command.run.TimerRows;
import ai.rails.command.siem.SiemApi;
import ai.rails.command.siem.SiemEntity;
import ai.rails.command.slack.SlackApi;
import ai.rails.command.tenant.ApiKeyApi;
import ai.rails.command.tenant.ApiKeys;
import ai.rails.command.tenant.AuditAccess;
import ai.rails.command.tenant.AuditAccessApi;
import ai.rails.command.tenant.BudgetApi;
import ai.rails.command.tenant.BudgetEntity;
import ai.rails.command.tenant.EnvironmentApi;
import ai.rails.command.tenant.LinkProposalApi;
import ai.rails.command.tenant.OffboardingApi;
import ai.rails.command.tenant.PeopleApi;
import ai.rails.command.tenant.PersonEntity;
import ai.rails.command.tenant.ProjectApi;
import ai.rails.command.tenant.RoleProposalApi;
import ai.rails.command.tenant.TenantApi;
import ai.rails.command.tenant.TenantEntity;
import ai.rails.command.workflow.ArtifactAlarm;
import ai.rails.command.workflow.ArtifactSigning;
import ai.rails.command.workflow.StoredArtifacts;
import ai.rails.command.workflow.VersionReleaseApi;
import ai.rails.command.workflow.WorkflowApi;
import ai.rails.command.workflow.WorkflowEntity;
import ai.rails.domain.Actor;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.CallId;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.ProposeCall;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunRules;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Authenticator;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.opa.PolicyLint;
import ai.rails.platform.postgres.Sql;
import ai.rails.platform.telemetry.Telemetry;

/// The write side behind HTTP, over a real store, without policy and workers.
public final class Office implements AutoCloseable {
  public static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  public static final String DIGEST = "sha256:" + "d".repeat(64);

  private static final BudgetCounters BUDGET = new BudgetCounters(new Money("USD", 1_000_000_000));

  public final TestStore store;
  public final CommandBus bus;
  public final Entity<RunCommand, Run, RunEvent> runs;
  public final AuditAccess audits;
  public final StoredArtifacts artifacts;
  public final TenantSecrets secrets;
  public final ArtifactSigning signing;
  public final AtomicReference<Instant> now = new AtomicReference<>(NOON);
  public final InstantSource clock = now::get;
  public final TestIds ids = new TestIds();
  public final Privacy privacy;

  /// Most approvals of one person in an hour, by tenant.
  public final Map<String, Integer> perHour = new ConcurrentHashMap<>();

  /// Digests of manifests that run nowhere any more.
  public final Set<String> revoked = ConcurrentHashMap.newKeySet();

  public final Actions actions =
      new Actions() {
        @Override
        public Optional<Facts> find(String connectorDigest, String action) {
          return Optional.empty();
        }

        @Override
        public Set<String> revoked() {
          return Set.copyOf(revoked);
        }
      };

  /// What policy finds in the next workflow that is published.
  public final AtomicReference<List<PolicyLint.Finding>> findings =
      new AtomicReference<>(List.of());

  public final Reveals reveals;
  private final boolean twoPersons;
  private final AxonCommandBus engine;
  private final DevelopmentIssuer issuer;
  private final HttpServer server;
  private final Telemetry telemetry = Telemetry.inMemory();
  private final HttpClient client = HttpClient.newHttpClient();

  public Office(Path data) throws IOException, GeneralSecurityException {
    this(data, false);
  }

  /// @param twoPersons whether links and passkeys take a second administrator
  public Office(Path data, boolean twoPersons) throws IOException, GeneralSecurityException {
    this.twoPersons = twoPersons;
    this.store = TestStore.open();
    var compiler = new TestCompiler();
    var later = new AtomicReference<CommandBus>();
    this.signing = ArtifactSigning.open(data);
    this.artifacts =
        new StoredArtifacts(store.app(), signing, compiler, new ArtifactAlarm(later::get, ids));
    this.runs = RunEntity.of(new RunRules(artifacts, (_, _, _) -> true), Enrich.none());
    this.engine =
        AxonCommandBus.start(
            store.app(),
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
                        LogEntity.TYPE),
                    Privacy.ENTITIES.stream())
                .toList(),
            Map.of(
                RunEntity.STREAM_TYPE,
                List.of(new RunRows(artifacts, BUDGET, new TimerRows(ids), ids))),
            Set.of(TenantEntity.TYPE.streamType(), AccessEntity.TYPE.streamType()),
            clock,
            ids);
    this.bus = new CommandBus(engine, () -> {}, new Random(1));
    later.set(bus);
    this.secrets = new TenantSecrets(LocalKms.open(data));
    this.privacy =
        new Privacy(
            store.app(), bus, new Writes(bus, new Idempotency(store.app()), ids), clock, ids);
    this.reveals =
        new Reveals(
            store.app(), bus, runs, artifacts, _ -> says(Decision.Effect.ALLOW), "c1", clock);
    this.issuer = DevelopmentIssuer.open(data, clock, () -> ids.get().toString());
    ApiKeys keys = ApiKeys.open(data, store.app(), "test");
    Authenticator people = issuer.tokens();
    this.audits = new AuditAccess(store.app(), bus, clock, ids);
    this.server =
        HttpServer.start(
            Binding.plain("127.0.0.1", 0),
            Guarded.all(routes(compiler, keys)),
            audits.limiting(keys.or(people)),
            new AccessLog(bus, clock, ids),
            telemetry);
  }

  private List<Route> routes(TestCompiler compiler, ApiKeys keys) {
    var writes = new Writes(bus, new Idempotency(store.app()), ids);
    var hooks = new WebhookSecrets(store.app(), secrets);
    var gates = new Gates(bus, runs, store.app(), ids);
    var load = new ApproverLoad(store.app(), tenant -> Optional.ofNullable(perHour.get(tenant)));
    var links = new LinkProposalApi(writes, store.app());
    Optional<LinkProposalApi> linking = twoPersons ? Optional.of(links) : Optional.empty();
    List<Route> all = new ArrayList<>();
    all.addAll(links.routes());
    all.addAll(new TenantApi(writes, "c1", "eu").routes());
    all.addAll(new EnvironmentApi(writes).routes());
    all.addAll(new ProjectApi(writes).routes());
    all.addAll(new OffboardingApi(writes, store.app(), secrets, _ -> {}).routes());
    all.addAll(new PeopleApi(writes, store.app(), _ -> {}, Optional.empty(), linking).routes());
    all.addAll(new RoleProposalApi(writes, store.app(), _ -> {}).routes());
    all.addAll(new ApiKeyApi(writes, store.app(), keys, clock).routes());
    all.addAll(new AuditAccessApi(writes, store.app(), clock).routes());
    all.addAll(new BudgetApi(writes, store.app(), BUDGET, clock).routes());
    all.addAll(new SiemApi(writes, store.app()).routes());
    all.addAll(new LimitsApi(store.app(), clock).routes());
    all.addAll(new AccessApi(writes, clock).routes());
    all.addAll(
        new WorkflowApi(
                writes,
                store.app(),
                compiler,
                _ -> findings.get(),
                signing,
                secrets,
                artifacts,
                clock,
                _ -> {})
            .routes());
    all.addAll(new VersionReleaseApi(writes, store.app()).routes());
    all.addAll(new ConnectorApi(writes, store.app(), secrets, _ -> {}, actions).routes());
    all.addAll(new RunApi(writes, store.app(), artifacts, runs).routes());
    all.addAll(new ForkApi(writes, store.app(), artifacts, runs).routes());
    all.addAll(new ReplayApi(writes, store.app(), runs).routes());
    all.addAll(
        new Approvals(
                Settings.of(
                    Map.of(
                        "environment.kind", "test",
                        "passkeys.relyingParty", "rails.test",
                        "passkeys.origins", "https://console.rails.test")),
                writes,
                gates,
                store.app(),
                load,
                clock,
                twoPersons)
            .routes(new NotedReads(writes, bus, clock)));
    all.addAll(new HookApi(hooks, store.app(), artifacts, bus, runs, clock, ids).routes());
    all.addAll(
        new WorkerLifeApi(writes, store.app(), new WorkerLife(store.app(), bus, ids)).routes());
    all.addAll(
        new SlackApi(hooks, secrets, gates, load, store.app(), Optional.empty(), clock).routes());
    all.addAll(privacy.routes());
    return all;
  }

  /// A tenant with workspace `w1`, workflow `triage` active in `dev`, and instance `snow-dev`.
  public Office furnished(String tenant) throws Exception {
    store.tenant(tenant, "w1");
    expect(
        201,
        text(
            tenant,
            "dana",
            "triage triage 1.0.0",
            "/v1/workspaces/w1/workflows?activate=dev",
            Role.BUILDER));
    expect(
        201,
        post(
            tenant,
            "ada",
            "/v1/workspaces/w1/connector-instances",
            """
            {"instance": "snow-dev", "connector": "servicenow", "connectorDigest": "%s",
             "host": "snow.example", "port": 443, "settings": {}}\
            """
                .formatted(TestCompiler.CONNECTOR),
            Role.ADMIN));
    return this;
  }

  public Office secret(String tenant, String instance, String secret) throws Exception {
    expect(
        204,
        put(
            tenant,
            "ada",
            "/v1/workspaces/w1/connector-instances/" + instance + "/webhook-secret",
            "{\"secret\": \"%s\"}".formatted(secret),
            Role.ADMIN));
    return this;
  }

  /// Starts a run and brings it to its gate, as a worker and policy would.
  public String atGate(String tenant) throws Exception {
    return atGate(tenant, DIGEST, Decision.Effect.ALLOW);
  }

  /// With a call and policy's word of one's own.
  public String atGate(String tenant, String digest, Decision.Effect effect) throws Exception {
    JsonNode started =
        json(
            post(
                tenant,
                "rita",
                "/v1/runs",
                "{\"workflow\": \"triage\", \"environment\": \"dev\", \"inputs\": {\"incident\":"
                    + " \"INC1\"}}",
                Role.OPERATOR));
    String run = started.path("run").asText();
    RunPlace place = store.app().inTenant(tenant, c -> RunPlace.find(c, tenant, run)).orElseThrow();
    var call =
        new FrozenCall(
            CallId.of(tenant, run, "update", 0, 1),
            "update",
            0,
            "servicenow",
            "update-incident",
            TestCompiler.CONNECTOR,
            "snow-dev",
            "snow.example",
            443,
            digest,
            IdempotencyClass.U,
            1,
            Map.of(),
            new SealedRef("update/call/1", "e".repeat(64), 10));
    bus.dispatch(
        place.context(new Actor(Actor.Kind.WORKER, "w"), ids.get().toString(), Optional.empty()),
        runs,
        new ProposeCall(tenant, run, "ask", 1, call, Map.of(), Optional.of(says(effect))));
    return run;
  }

  private static Decision says(Decision.Effect effect) {
    return new Decision(
        "d1",
        "airails/tool_action/guarded",
        effect,
        List.of("test"),
        List.of(),
        "{}",
        "a".repeat(64),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  public HttpResponse<String> post(
      String tenant, String subject, String path, String json, Role role, String... headers)
      throws Exception {
    return send("POST", tenant, subject, path, json, "application/json", role, headers);
  }

  public HttpResponse<String> put(
      String tenant, String subject, String path, String json, Role role) throws Exception {
    return send("PUT", tenant, subject, path, json, "application/json", role);
  }

  public HttpResponse<String> get(String tenant, String subject, String path, Role role)
      throws Exception {
    return send("GET", tenant, subject, path, "", "application/json", role);
  }

  public HttpResponse<String> delete(String tenant, String subject, String path, Role role)
      throws Exception {
    return send("DELETE", tenant, subject, path, "", "application/json", role);
  }

  public HttpResponse<String> text(
      String tenant, String subject, String yaml, String path, Role role) throws Exception {
    return send("POST", tenant, subject, path, yaml, "application/yaml", role);
  }

  private HttpResponse<String> send(
      String method,
      String tenant,
      String subject,
      String path,
      String body,
      String type,
      Role role,
      String... headers)
      throws Exception {
    String token = issuer.issue(tenant, subject, Set.of(role), Duration.ofMinutes(30));
    List<String> all = new ArrayList<>(List.of(headers));
    all.addAll(List.of("Authorization", "Bearer " + token, "Content-Type", type));
    return raw(method, path, body.getBytes(StandardCharsets.UTF_8), all.toArray(String[]::new));
  }

  /// Sends bytes as they are, without a token.
  public HttpResponse<String> raw(String method, String path, byte[] body, String... headers)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(server.port(), path)))
            .timeout(Duration.ofSeconds(30))
            .headers(headers)
            .method(method, BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
  }

  public static JsonNode json(HttpResponse<String> answer) {
    return Json.tree(answer.body().getBytes(StandardCharsets.UTF_8));
  }

  public static void expect(int status, HttpResponse<String> answer) {
    if (answer.statusCode() != status) {
      throw new AssertionError(
          "%d expected, got %d: %s".formatted(status, answer.statusCode(), answer.body()));
    }
  }

  /// How many events of a type a tenant has.
  public long events(String tenant, String type) {
    return store.number(
        "SELECT count(*) FROM event WHERE tenant = ? AND event_type = ?", tenant, type);
  }

  public String one(String sql, Object... parameters) {
    return store
        .everything(c -> Sql.one(c, sql, row -> row.getString(1), parameters))
        .orElseThrow();
  }

  @Override
  public void close() {
    client.close();
    server.close();
    privacy.close();
    engine.close();
    telemetry.close();
    store.close();
  }
}

package ai.rails.command.workflow;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.key.TenantSecrets;
import ai.rails.command.tenant.TenantChanged;
import ai.rails.command.tenant.TenantEntity;
import ai.rails.command.workflow.ActiveWorkflows.Active;
import ai.rails.command.workflow.Compiler.Compiled;
import ai.rails.command.workflow.VersionRows.Version;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.Tenant;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.WorkflowCommand.ActivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.DeactivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.Place;
import ai.rails.domain.workflow.WorkflowCommand.PublishWorkflow;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Problem.Fault;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.opa.PolicyLint;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Publishing workflows and choosing which version new runs start on.
public final class WorkflowApi {
  private final Writes writes;
  private final Database database;
  private final Compiler compiler;
  private final PublishLint lint;
  private final ArtifactSigning signing;
  private final TenantSecrets secrets;
  private final Artifacts artifacts;
  private final InstantSource clock;
  private final TenantChanged changed;

  public WorkflowApi(
      Writes writes,
      Database database,
      Compiler compiler,
      PolicyLint lint,
      ArtifactSigning signing,
      TenantSecrets secrets,
      Artifacts artifacts,
      InstantSource clock,
      TenantChanged changed) {
    this.writes = writes;
    this.database = database;
    this.compiler = compiler;
    this.lint = new PublishLint(lint);
    this.signing = signing;
    this.secrets = secrets;
    this.artifacts = artifacts;
    this.clock = clock;
    this.changed = changed;
  }

  /// `POST /v1/workspaces/{ws}/workflows/{id}/activate`.
  public record Activation(String environment, String version) {}

  /// `POST /v1/workspaces/{ws}/workflows/{id}/deactivate`: no new run starts there; those under way
  /// go on.
  public record Deactivation(String environment) {}

  public List<Route> routes() {
    Access builders = Access.roles(Role.BUILDER);
    return List.of(
        new Route("POST", "/v1/workspaces/{ws}/workflows", Label.STRONG, builders, this::publish),
        new Route(
            "POST",
            "/v1/workspaces/{ws}/workflows/{id}/activate",
            Label.STRONG,
            Access.roles(Role.BUILDER, Role.OPERATOR),
            this::activate),
        new Route(
            "POST",
            "/v1/workspaces/{ws}/workflows/{id}/deactivate",
            Label.STRONG,
            Access.roles(Role.BUILDER, Role.OPERATOR),
            this::deactivate));
  }

  private Answer publish(Request request) throws GeneralSecurityException {
    request.requireType("application/yaml", "text/yaml", "application/x-yaml");
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    List<String> environments = environments(request);
    Compiled compiled = compiler.compile(text(request.body()), request.principal().subject());
    List<Fault> warnings = lint.warnings(compiled);
    Version version = version(tenant, compiled);
    Workflow workflow = compiled.workflow();
    CommandContext context =
        scoped(writes.context(request, workspace), workflow.id())
            .with(connection ->
                VersionRows.store(
                    connection,
                    tenant,
                    workspace,
                    version,
                    signing.keyId(),
                    environments,
                    clock.instant()));
    Answer answer =
        writes.once(
            request,
            context,
            Draft.created(
                "/v1/workspaces/%s/workflows/%s".formatted(workspace, workflow.id()),
                shown(version, environments, warnings)),
            WorkflowEntity.TYPE,
            new PublishWorkflow(
                tenant,
                workflow.id(),
                workflow.version(),
                version.digest(),
                version.manifestDigest(),
                signing.keyId(),
                workflow.author(),
                places(tenant, environments)));
    changed.changed(context);
    return answer;
  }

  private Answer activate(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    String workflow = Limits.requireId("workflow", request.path("id"));
    Activation asked = request.json(Activation.class);
    String environment = ActiveWorkflows.requireEnvironment(asked.environment());
    String digest = digestOf(database, tenant, workspace, workflow, asked.version());
    Workflow version = artifacts.load(tenant, digest);
    Draft draft =
        Draft.ok(
            Map.of(
                "workflow", workflow,
                "version", asked.version(),
                "environment", environment,
                "artifactDigest", digest));
    CommandContext context =
        scoped(writes.context(request, workspace), workflow)
            .with(connection ->
                ActiveWorkflows.activate(
                    connection,
                    tenant,
                    new Active(workspace, workflow, environment, digest),
                    version,
                    clock.instant()));
    Answer answer =
        writes.once(
            request,
            context,
            draft,
            WorkflowEntity.TYPE,
            new ActivateWorkflow(
                tenant,
                workflow,
                places(tenant, List.of(environment)).getFirst(),
                asked.version()));
    changed.changed(context);
    return answer;
  }

  private Answer deactivate(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    String workflow = Limits.requireId("workflow", request.path("id"));
    String environment =
        ActiveWorkflows.requireEnvironment(request.json(Deactivation.class).environment());
    requireOwn(tenant, workspace, workflow);
    CommandContext context =
        scoped(writes.context(request, workspace), workflow)
            .with(connection ->
                ActiveWorkflows.deactivate(connection, tenant, workspace, workflow, environment));
    return writes.once(
        request,
        context,
        Draft.ok(Map.of("workflow", workflow, "environment", environment)),
        WorkflowEntity.TYPE,
        new DeactivateWorkflow(tenant, workflow, environment));
  }

  private void requireOwn(String tenant, String workspace, String workflow) {
    boolean own =
        database.inTenant(
            tenant,
            connection ->
                !Sql.all(
                        connection,
                        """
                        SELECT digest FROM workflow_artifact
                         WHERE tenant = ? AND workspace = ? AND workflow = ? LIMIT 1\
                        """,
                        row -> row.getString(1),
                        tenant,
                        workspace,
                        workflow)
                    .isEmpty());
    if (!own) {
      throw new Refused(
          Code.NOT_FOUND, "workspace %s has no workflow %s".formatted(workspace, workflow));
    }
  }

  static String digestOf(
      Database database, String tenant, String workspace, String workflow, String version) {
    return database
        .inTenant(
            tenant,
            connection ->
                Sql.one(
                    connection,
                    """
                    SELECT digest FROM workflow_artifact
                     WHERE tenant = ? AND workspace = ? AND workflow = ? AND version = ?\
                    """,
                    row -> row.getString(1),
                    tenant,
                    workspace,
                    workflow,
                    version))
        .orElseThrow(() ->
            new Refused(
                Code.NOT_FOUND,
                "workspace %s has no version %s of workflow %s; publish it first"
                    .formatted(workspace, Limits.requireId("version", version), workflow)));
  }

  /// The same artifact keeps the ingest key that clients know.
  private Version version(String tenant, Compiled compiled) throws GeneralSecurityException {
    String digest = Digests.named(compiled.artifact());
    Optional<TenantSecrets.IngestKey> known =
        database.inTenant(
            tenant,
            connection ->
                Sql.one(
                    connection,
                    """
                    SELECT ingest_public, ingest_wrapped FROM workflow_artifact
                     WHERE tenant = ? AND digest = ?\
                    """,
                    row -> new TenantSecrets.IngestKey(row.getBytes(1), row.getBytes(2)),
                    tenant,
                    digest));
    return new Version(
        compiled,
        digest,
        Digests.named(compiled.manifest()),
        signing.sign(compiled.artifact()),
        known.orElseGet(() -> secrets.newReleaseKey(tenant, digest)));
  }

  private Map<String, Object> shown(
      Version version, List<String> environments, List<Fault> warnings) {
    Map<String, Object> body = new TreeMap<>();
    body.put("workflow", version.compiled().workflow().id());
    body.put("version", version.compiled().workflow().version());
    body.put("artifactDigest", version.digest());
    body.put("manifestDigest", version.manifestDigest());
    body.put("signingKeyId", signing.keyId());
    body.put("ingestPublicKey", Base64.getEncoder().encodeToString(version.ingest().publicKey()));
    body.put("activeIn", environments);
    body.put("warnings", warnings);
    return body;
  }

  /// What the tenant has said of the environments, or else their names say.
  private List<Place> places(String tenant, List<String> environments) {
    if (environments.isEmpty()) {
      return List.of();
    }
    Tenant now = writes.bus().load(tenant, TenantEntity.TYPE, tenant);
    return environments.stream()
        .map(environment -> new Place(environment, now.kindOf(environment).needsRelease()))
        .toList();
  }

  static CommandContext scoped(CommandContext context, String workflow) {
    return new CommandContext(
        context.tenant(),
        context.workspace(),
        context.environment(),
        context.actor(),
        context.commandId(),
        context.correlationId(),
        context.traceparent(),
        context.run(),
        Optional.of(workflow),
        context.parts());
  }

  private static List<String> environments(Request request) {
    return request
        .query("activate")
        .map(list ->
            Stream.of(list.split(",", -1))
                .map(ActiveWorkflows::requireEnvironment)
                .distinct()
                .toList())
        .orElse(List.of());
  }

  private static String text(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw Problem.malformed("the workflow is not UTF-8");
    }
  }
}

package ai.rails.command.workflow;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
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
import ai.rails.command.workflow.ActiveWorkflows.Active;
import ai.rails.command.workflow.Compiler.Compiled;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.WorkflowCommand.ActivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.DeactivateWorkflow;
import ai.rails.domain.workflow.WorkflowCommand.PublishWorkflow;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Publishing workflows and choosing which version new runs start on.
public final class WorkflowApi {
  private final Writes writes;
  private final Database database;
  private final Compiler compiler;
  private final ArtifactSigning signing;
  private final TenantSecrets secrets;
  private final Artifacts artifacts;
  private final InstantSource clock;
  private final TenantChanged changed;

  public WorkflowApi(
      Writes writes,
      Database database,
      Compiler compiler,
      ArtifactSigning signing,
      TenantSecrets secrets,
      Artifacts artifacts,
      InstantSource clock,
      TenantChanged changed) {
    this.writes = writes;
    this.database = database;
    this.compiler = compiler;
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

  /// What is stored of a version.
  @SuppressWarnings("ArrayRecordComponent")
  private record Version(
      Compiled compiled,
      String digest,
      String manifestDigest,
      byte[] signature,
      TenantSecrets.IngestKey ingest) {}

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
    Version version = version(tenant, compiled);
    Workflow workflow = compiled.workflow();
    CommandContext context =
        scoped(writes.context(request, workspace), workflow.id())
            .with(connection -> store(connection, tenant, workspace, version, environments));
    Answer answer =
        writes.once(
            request,
            context,
            Draft.created(
                "/v1/workspaces/%s/workflows/%s".formatted(workspace, workflow.id()),
                shown(version, environments)),
            WorkflowEntity.TYPE,
            new PublishWorkflow(
                tenant,
                workflow.id(),
                workflow.version(),
                version.digest(),
                version.manifestDigest(),
                signing.keyId(),
                workflow.author(),
                environments));
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
            new ActivateWorkflow(tenant, workflow, environment, asked.version()));
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

  private void store(
      Connection connection,
      String tenant,
      String workspace,
      Version version,
      List<String> environments)
      throws SQLException {
    Workflow workflow = version.compiled().workflow();
    requireOwn(connection, tenant, workspace, workflow.id());
    int inserted =
        Sql.execute(
            connection,
            """
            INSERT INTO workflow_artifact
              (tenant, digest, workspace, workflow, version, artifact, manifest, signature,
               signing_key_id, ingest_public, ingest_wrapped)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, digest) DO NOTHING\
            """,
            tenant,
            version.digest(),
            workspace,
            workflow.id(),
            workflow.version(),
            version.compiled().artifact(),
            version.compiled().manifest(),
            version.signature(),
            signing.keyId(),
            version.ingest().publicKey(),
            version.ingest().wrappedPrivate());
    if (inserted == 0) {
      requireSameKey(connection, tenant, version);
    }
    for (String environment : environments) {
      ActiveWorkflows.activate(
          connection,
          tenant,
          new Active(workspace, workflow.id(), environment, version.digest()),
          workflow,
          clock.instant());
    }
  }

  /// Of two that publish the same at once, one must not answer a key that was not stored.
  private static void requireSameKey(Connection connection, String tenant, Version version)
      throws SQLException {
    byte[] stored =
        Sql.one(
                connection,
                "SELECT ingest_public FROM workflow_artifact WHERE tenant = ? AND digest = ?",
                row -> row.getBytes(1),
                tenant,
                version.digest())
            .orElseThrow();
    if (!Arrays.equals(stored, version.ingest().publicKey())) {
      throw new Problem(409, "PUBLISHED_AT_ONCE", "the same version is being published; ask again");
    }
  }

  /// A workflow's id belongs to one workspace: its stream is in that workspace's log.
  private static void requireOwn(
      Connection connection, String tenant, String workspace, String workflow) throws SQLException {
    List<String> others =
        Sql.all(
            connection,
            """
            SELECT workspace FROM workflow_artifact
             WHERE tenant = ? AND workflow = ? AND workspace <> ? LIMIT 1\
            """,
            row -> row.getString(1),
            tenant,
            workflow,
            workspace);
    if (!others.isEmpty()) {
      throw new Refused(
          Code.ALREADY_EXISTS,
          "workflow %s belongs to another workspace; choose another id".formatted(workflow));
    }
  }

  private Map<String, Object> shown(Version version, List<String> environments) {
    Map<String, Object> body = new TreeMap<>();
    body.put("workflow", version.compiled().workflow().id());
    body.put("version", version.compiled().workflow().version());
    body.put("artifactDigest", version.digest());
    body.put("manifestDigest", version.manifestDigest());
    body.put("signingKeyId", signing.keyId());
    body.put("ingestPublicKey", Base64.getEncoder().encodeToString(version.ingest().publicKey()));
    body.put("activeIn", environments);
    return body;
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

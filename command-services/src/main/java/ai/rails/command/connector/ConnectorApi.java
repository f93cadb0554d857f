package ai.rails.command.connector;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.key.SealedTo;
import ai.rails.command.key.TenantSecrets;
import ai.rails.command.run.Actions;
import ai.rails.command.tenant.TenantChanged;
import ai.rails.command.workflow.Digests;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.SealedRef;
import ai.rails.domain.connector.ConnectorInstanceCommand.CreateConnectorInstance;
import ai.rails.domain.connector.ConnectorInstanceCommand.StoreAppTokens;
import ai.rails.domain.connector.ConnectorInstanceCommand.StoreCredential;
import ai.rails.domain.connector.ConnectorInstanceCommand.StoreWebhookSecret;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Configuring connectors. A credential comes sealed and leaves sealed; only a webhook's secret is
/// opened here, because it is here that webhooks are verified.
public final class ConnectorApi {
  private static final int MAX_CREDENTIAL_BYTES = 8 << 10;
  private static final int MAX_SETTINGS_BYTES = 64 << 10;

  /// What a worker is about to be given by a token endpoint is overtaken by what a person stores.
  private static final String CREDENTIAL =
      "refresh_grant = NULL, refresh_before = NULL, credential";

  private static final int MIN_SECRET = 16;
  private static final int MAX_SECRET = 256;
  private static final Pattern BOT_TOKEN = Pattern.compile("xoxb-[A-Za-z0-9-]{8,250}");
  private static final Pattern APP_TOKEN = Pattern.compile("xapp-[A-Za-z0-9-]{8,250}");

  private final Writes writes;
  private final Database database;
  private final TenantSecrets secrets;
  private final TenantChanged changed;
  private final Actions actions;

  public ConnectorApi(
      Writes writes,
      Database database,
      TenantSecrets secrets,
      TenantChanged changed,
      Actions actions) {
    this.writes = writes;
    this.database = database;
    this.secrets = secrets;
    this.changed = changed;
    this.actions = actions;
  }

  /// `POST /v1/workspaces/{ws}/connector-instances`.
  ///
  /// @param settings metadata: choice lists, matrices, channels
  /// @param runner through which it is reached, if workers do not reach it
  public record NewInstance(
      String instance,
      String connector,
      String connectorDigest,
      String host,
      int port,
      ObjectNode settings,
      Optional<String> runner) {}

  /// `PUT /v1/workspaces/{ws}/connector-instances/{instance}/credential`.
  ///
  /// @param sealed HPKE ciphertext to the instance's ingest key, base64, with info
  ///   `airails|1|credential|<tenant>|<instance>`
  public record Credential(String sealed) {
    @Override
    public String toString() {
      return "Credential[sealed]";
    }
  }

  /// `PUT /v1/workspaces/{ws}/connector-instances/{instance}/webhook-secret`.
  public record WebhookSecret(String secret) {
    @Override
    public String toString() {
      return "WebhookSecret[hidden]";
    }
  }

  /// `PUT /v1/workspaces/{ws}/connector-instances/{instance}/app-tokens`: for modals, and for
  /// Socket Mode where there is an app-level token.
  ///
  /// @param bot `xoxb-...`
  /// @param app `xapp-...`
  public record AppTokens(String bot, Optional<String> app) {
    @Override
    public String toString() {
      return "AppTokens[hidden]";
    }
  }

  public List<Route> routes() {
    Access admins = Access.roles(Role.ADMIN);
    String instance = "/v1/workspaces/{ws}/connector-instances/{instance}";
    return List.of(
        new Route(
            "POST",
            "/v1/workspaces/{ws}/connector-instances",
            Label.STRONG,
            admins,
            this::create,
            2 * MAX_SETTINGS_BYTES),
        new Route(
            "PUT",
            instance + "/credential",
            Label.STRONG,
            admins,
            this::credential,
            2 * MAX_CREDENTIAL_BYTES),
        new Route(
            "PUT", instance + "/webhook-secret", Label.STRONG, admins, this::webhookSecret, 1_024),
        new Route("PUT", instance + "/app-tokens", Label.STRONG, admins, this::appTokens, 1_024));
  }

  private Answer create(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    NewInstance asked = request.json(NewInstance.class);
    Limits.requireId("instance", asked.instance());
    if (actions.revoked().contains(asked.connectorDigest())) {
      throw new Refused(
          Code.CONNECTOR_REVOKED,
          "%s with digest %s is revoked; take another version"
              .formatted(asked.connector(), asked.connectorDigest()));
    }
    byte[] settings = Json.write(asked.settings());
    if (settings.length > MAX_SETTINGS_BYTES) {
      throw Problem.invalid("settings have at most %d bytes".formatted(MAX_SETTINGS_BYTES));
    }
    TenantSecrets.IngestKey ingest = ingestKey(tenant, asked.instance());
    CommandContext context =
        writes
            .context(request, workspace)
            .with(connection ->
                insert(
                    connection,
                    tenant,
                    workspace,
                    asked,
                    new String(settings, StandardCharsets.UTF_8),
                    ingest));
    Answer answer =
        writes.once(
            request,
            context,
            Draft.created(
                "/v1/workspaces/%s/connector-instances/%s".formatted(workspace, asked.instance()),
                Map.of(
                    "instance",
                    asked.instance(),
                    "ingestPublicKey",
                    Base64.getEncoder().encodeToString(ingest.publicKey()))),
            ConnectorInstanceEntity.TYPE,
            new CreateConnectorInstance(
                tenant,
                asked.instance(),
                asked.connector(),
                asked.connectorDigest(),
                asked.host(),
                asked.port(),
                Digests.hex(settings),
                asked.runner()));
    changed.changed(context);
    return answer;
  }

  private Answer credential(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    String instance = Limits.requireId("instance", request.path("instance"));
    byte[] sealed = base64(request.json(Credential.class).sealed());
    ingestPublic(tenant, workspace, instance)
        .ifPresent(key -> SealedTo.require(key, sealed, "sealed"));
    SealedRef ref = credentialRef(sealed);
    CommandContext context =
        writes
            .context(request, workspace)
            .with(
                connection -> update(connection, CREDENTIAL, sealed, tenant, workspace, instance));
    return writes.give(
        context,
        Draft.ok(Map.of("instance", instance, "credential", ref)),
        ConnectorInstanceEntity.TYPE,
        new StoreCredential(tenant, instance, ref));
  }

  /// Names a credential by its ciphertext.
  public static SealedRef credentialRef(byte[] sealed) {
    String digest = Digests.hex(sealed);
    return new SealedRef("credential/" + digest.substring(0, 16), digest, sealed.length);
  }

  private Answer webhookSecret(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    String instance = Limits.requireId("instance", request.path("instance"));
    byte[] secret = request.json(WebhookSecret.class).secret().getBytes(StandardCharsets.UTF_8);
    if (secret.length < MIN_SECRET || secret.length > MAX_SECRET) {
      throw Problem.invalid(
          "a webhook secret has %d to %d bytes".formatted(MIN_SECRET, MAX_SECRET));
    }
    byte[] wrapped = secrets.wrapWebhookSecret(tenant, instance, secret);
    CommandContext context =
        writes
            .context(request, workspace)
            .with(connection ->
                update(connection, "webhook_secret_wrapped", wrapped, tenant, workspace, instance));
    writes
        .bus()
        .dispatch(
            context,
            ConnectorInstanceEntity.TYPE,
            new StoreWebhookSecret(tenant, instance, Digests.hex(wrapped)));
    return Answer.empty(204);
  }

  private Answer appTokens(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Limits.requireId("workspace", request.path("ws"));
    String instance = Limits.requireId("instance", request.path("instance"));
    AppTokens tokens = request.json(AppTokens.class);
    if (!BOT_TOKEN.matcher(tokens.bot()).matches()
        || !tokens.app().map(each -> APP_TOKEN.matcher(each).matches()).orElse(true)) {
      throw Problem.invalid("bot must be a token xoxb-..., and app, if there is one, xapp-...");
    }
    byte[] wrapped = secrets.wrapAppTokens(tenant, instance, Json.write(tokens));
    CommandContext context =
        writes
            .context(request, workspace)
            .with(connection ->
                update(connection, "app_tokens_wrapped", wrapped, tenant, workspace, instance));
    writes
        .bus()
        .dispatch(
            context,
            ConnectorInstanceEntity.TYPE,
            new StoreAppTokens(tenant, instance, Digests.hex(wrapped)));
    return Answer.empty(204);
  }

  private Optional<byte[]> ingestPublic(String tenant, String workspace, String instance) {
    return database.inTenant(
        tenant,
        connection ->
            Sql.one(
                connection,
                """
                SELECT ingest_public FROM connector_instance
                 WHERE tenant = ? AND workspace = ? AND instance = ?\
                """,
                row -> row.getBytes(1),
                tenant,
                workspace,
                instance));
  }

  private TenantSecrets.IngestKey ingestKey(String tenant, String instance) {
    Optional<TenantSecrets.IngestKey> known =
        database.inTenant(
            tenant,
            connection ->
                Sql.one(
                    connection,
                    """
                    SELECT ingest_public, ingest_wrapped FROM connector_instance
                     WHERE tenant = ? AND instance = ?\
                    """,
                    row -> new TenantSecrets.IngestKey(row.getBytes(1), row.getBytes(2)),
                    tenant,
                    instance));
    return known.orElseGet(() -> secrets.newInstanceKey(tenant, instance));
  }

  /// Settings may change with the same connector and host; the rules have refused any other change.
  private static void insert(
      Connection connection,
      String tenant,
      String workspace,
      NewInstance asked,
      String settings,
      TenantSecrets.IngestKey ingest)
      throws SQLException {
    int rows =
        Sql.execute(
            connection,
            """
            INSERT INTO connector_instance
              (tenant, instance, workspace, connector, connector_digest, host, port, settings,
               ingest_public, ingest_wrapped, runner)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant, instance) DO UPDATE SET settings = excluded.settings
             WHERE connector_instance.workspace = excluded.workspace
               AND connector_instance.ingest_public = excluded.ingest_public\
            """,
            tenant,
            asked.instance(),
            workspace,
            asked.connector(),
            asked.connectorDigest(),
            asked.host(),
            asked.port(),
            settings,
            ingest.publicKey(),
            ingest.wrappedPrivate(),
            asked.runner());
    if (rows == 0) {
      throw new Refused(
          Code.ALREADY_EXISTS,
          "connector instance %s exists; choose another name".formatted(asked.instance()));
    }
  }

  /// @param column one of three constants
  private static void update(
      Connection connection,
      String column,
      byte[] value,
      String tenant,
      String workspace,
      String instance)
      throws SQLException {
    int rows =
        Sql.execute(
            connection,
            "UPDATE connector_instance SET %s = ? WHERE tenant = ? AND workspace = ? AND instance = ?"
                .formatted(column),
            value,
            tenant,
            workspace,
            instance);
    if (rows == 0) {
      throw new Refused(Code.NOT_FOUND, "connector instance %s does not exist".formatted(instance));
    }
  }

  private static byte[] base64(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      if (bytes.length > 0 && bytes.length <= MAX_CREDENTIAL_BYTES) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("sealed must be base64 (standard alphabet, padded)");
    }
    throw Problem.invalid("a sealed credential has 1 to %d bytes".formatted(MAX_CREDENTIAL_BYTES));
  }
}

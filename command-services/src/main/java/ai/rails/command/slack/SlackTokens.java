package ai.rails.command.slack;

import java.util.List;
import java.util.Optional;

import ai.rails.command.connector.ConnectorApi.AppTokens;
import ai.rails.command.key.TenantSecrets;
import ai.rails.platform.http.Json;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;

/// The tokens with which the control plane speaks to Slack, by tenant and connector instance.
/// Thread-safe.
final class SlackTokens {
  private final Database database;
  private final TenantSecrets secrets;

  SlackTokens(Database database, TenantSecrets secrets) {
    this.database = database;
    this.secrets = secrets;
  }

  Optional<AppTokens> of(SlackApp app) {
    Optional<byte[]> wrapped =
        database.inTenant(
            app.tenant(),
            connection ->
                Sql.one(
                    connection,
                    """
                    SELECT app_tokens_wrapped FROM connector_instance
                     WHERE tenant = ? AND instance = ? AND app_tokens_wrapped IS NOT NULL\
                    """,
                    row -> row.getBytes(1),
                    app.tenant(),
                    app.instance()));
    return wrapped.map(bytes ->
        Json.read(secrets.openAppTokens(app.tenant(), app.instance(), bytes), AppTokens.class));
  }

  /// All apps that have tokens.
  List<SlackApp> all() {
    return database.acrossTenants(
        Errand.SOCKETS,
        connection ->
            Sql.all(
                connection,
                """
                SELECT tenant, instance FROM connector_instance
                 WHERE app_tokens_wrapped IS NOT NULL ORDER BY tenant, instance LIMIT 1000\
                """,
                row -> new SlackApp(row.getString(1), row.getString(2))));
  }
}

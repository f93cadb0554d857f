package ai.rails.command.hook;

import java.util.Optional;

import com.google.crypto.tink.subtle.Random;

import ai.rails.command.key.TenantSecrets;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// The secrets with which the other side signs, by tenant and connector instance. Thread-safe.
public final class WebhookSecrets {
  private final Database database;
  private final TenantSecrets secrets;

  public WebhookSecrets(Database database, TenantSecrets secrets) {
    this.database = database;
    this.secrets = secrets;
  }

  /// An instance's secret; a random one if there is no such tenant, instance or secret, so that no
  /// signature is right and nobody can tell.
  public byte[] of(String tenant, String instance) {
    Optional<byte[]> wrapped =
        database.inTenant(
            tenant,
            connection ->
                Sql.one(
                    connection,
                    """
                    SELECT webhook_secret_wrapped FROM connector_instance
                     WHERE tenant = ? AND instance = ? AND webhook_secret_wrapped IS NOT NULL\
                    """,
                    row -> row.getBytes(1),
                    tenant,
                    instance));
    return wrapped
        .map(bytes -> secrets.openWebhookSecret(tenant, instance, bytes))
        .orElseGet(() -> Random.randBytes(32));
  }
}

package ai.rails.projection.connector;

import org.jooq.DSLContext;

import ai.rails.domain.connector.ConnectorInstanceEvent;
import ai.rails.domain.connector.ConnectorInstanceEvent.BreakerChanged;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceChanged;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceCreated;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorRevoked;
import ai.rails.domain.connector.ConnectorInstanceEvent.CredentialStored;
import ai.rails.projection.Entry;
import ai.rails.projection.Projection;

import static ai.rails.projection.jooq.generated.Tables.CONNECTOR_INSTANCE;

/// Configured connectors, and whether they have a credential.
public final class InstanceProjection implements Projection {
  @Override
  public void fold(DSLContext sql, Entry entry) {
    if (!(entry.event() instanceof ConnectorInstanceEvent event)) {
      return;
    }
    switch (event) {
      case ConnectorInstanceCreated e ->
          sql.insertInto(CONNECTOR_INSTANCE)
              .set(CONNECTOR_INSTANCE.TENANT, entry.tenant())
              .set(CONNECTOR_INSTANCE.INSTANCE, e.instance())
              .set(CONNECTOR_INSTANCE.WORKSPACE, entry.workspace())
              .set(CONNECTOR_INSTANCE.CONNECTOR, e.connector())
              .set(CONNECTOR_INSTANCE.CONNECTOR_DIGEST, e.connectorDigest())
              .set(CONNECTOR_INSTANCE.HOST, e.host())
              .set(CONNECTOR_INSTANCE.PORT, e.port())
              .set(CONNECTOR_INSTANCE.CREATED_AT, entry.recordedAt())
              .set(CONNECTOR_INSTANCE.POSITION, entry.position())
              .execute();
      case CredentialStored e ->
          sql.update(CONNECTOR_INSTANCE)
              .set(CONNECTOR_INSTANCE.CREDENTIAL_AT, entry.recordedAt())
              .set(CONNECTOR_INSTANCE.POSITION, entry.position())
              .where(
                  CONNECTOR_INSTANCE.TENANT.eq(entry.tenant()),
                  CONNECTOR_INSTANCE.INSTANCE.eq(e.instance()))
              .execute();
      // Said in the ledger; the view shows neither settings nor secrets, and breakers change
      // quickly.
      case ConnectorInstanceChanged _, BreakerChanged _, ConnectorRevoked _ -> {}
    }
  }
}

package ai.rails.domain.connector;

import ai.rails.domain.SealedRef;

/// What a tenant's configured connector can be asked.
public sealed interface ConnectorInstanceCommand {
  String tenant();

  String instance();

  /// Allows a connector at a pinned version against one host. Asked again with the same values it
  /// changes nothing.
  record CreateConnectorInstance(
      String tenant,
      String instance,
      String connector,
      String connectorDigest,
      String host,
      int port)
      implements ConnectorInstanceCommand {}

  /// Replaces the credential, which was sealed to the instance's ingest key.
  record StoreCredential(String tenant, String instance, SealedRef credential)
      implements ConnectorInstanceCommand {}
}

package ai.rails.domain.connector;

import java.util.Optional;

import ai.rails.domain.SealedRef;
import ai.rails.domain.connector.ConnectorInstanceEvent.BreakerState;

/// What a tenant's configured connector can be asked.
public sealed interface ConnectorInstanceCommand {
  String tenant();

  String instance();

  /// Allows a connector at a pinned version against one host. Asked again with the same values it
  /// changes nothing; settings may change.
  ///
  /// @param settingsSha256 of the settings as they are stored: 64 hex digits
  /// @param runner through which it is reached, if it is not reached from the worker
  record CreateConnectorInstance(
      String tenant,
      String instance,
      String connector,
      String connectorDigest,
      String host,
      int port,
      String settingsSha256,
      Optional<String> runner)
      implements ConnectorInstanceCommand {}

  /// Replaces the secret with which the other side signs.
  ///
  /// @param sha256 of its ciphertext: 64 hex digits
  record StoreWebhookSecret(String tenant, String instance, String sha256)
      implements ConnectorInstanceCommand {}

  /// Replaces the tokens with which the control plane itself speaks to the other side.
  ///
  /// @param sha256 of their ciphertext: 64 hex digits
  record StoreAppTokens(String tenant, String instance, String sha256)
      implements ConnectorInstanceCommand {}

  /// A breaker's row has changed. Older news than the last that was told changes nothing.
  ///
  /// @param opened how often it has opened
  record NoteBreaker(
      String tenant, String instance, BreakerState state, String code, int failures, long opened)
      implements ConnectorInstanceCommand {}

  /// The version of the connector that the instance is bound to was revoked.
  record NoteRevocation(String tenant, String instance, String connectorDigest)
      implements ConnectorInstanceCommand {}

  /// Replaces the credential, which was sealed to the instance's ingest key.
  record StoreCredential(String tenant, String instance, SealedRef credential)
      implements ConnectorInstanceCommand {}
}

package ai.rails.domain.connector;

import java.util.Optional;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;
import ai.rails.domain.SealedRef;

/// What happens to a tenant's configured connector.
public sealed interface ConnectorInstanceEvent extends Event {
  String instance();

  /// A connector at a pinned version may be used against one host.
  ///
  /// @param runner through which it is reached, if it is not reached from the worker
  record ConnectorInstanceCreated(
      String instance,
      String connector,
      String connectorDigest,
      String host,
      int port,
      Optional<String> runner)
      implements ConnectorInstanceEvent {
    @Override
    public EntryType entryType() {
      return EntryType.CONNECTOR_INSTANCE_CREATED;
    }
  }

  /// Something that the instance works with was replaced.
  ///
  /// @param sha256 of the settings as they are stored, or of the secret's ciphertext: 64 hex digits
  record ConnectorInstanceChanged(String instance, Part part, String sha256)
      implements ConnectorInstanceEvent {
    @Override
    public EntryType entryType() {
      return EntryType.CONNECTOR_INSTANCE_CHANGED;
    }
  }

  /// What of an instance may be replaced; its connector and host never are.
  enum Part {
    SETTINGS,
    WEBHOOK_SECRET,
    APP_TOKENS
  }

  /// Calls to the instance are held back because it keeps failing, or no longer.
  ///
  /// @param code of the last failure, empty when it closes
  /// @param failures in a row
  /// @param opened how often it has opened, by which older news is known
  record BreakerChanged(String instance, BreakerState state, String code, int failures, long opened)
      implements ConnectorInstanceEvent {
    @Override
    public EntryType entryType() {
      return EntryType.BREAKER_CHANGED;
    }
  }

  /// The version of the connector that the instance is bound to runs nowhere any more: no call of
  /// it is intended from here on. An instance of another version takes its place.
  record ConnectorRevoked(String instance, String connector, String connectorDigest)
      implements ConnectorInstanceEvent {
    @Override
    public EntryType entryType() {
      return EntryType.CONNECTOR_REVOKED;
    }
  }

  /// Whether calls are held back. That one call may probe is no state of its own to the outside.
  enum BreakerState {
    OPEN,
    CLOSED
  }

  /// A credential was sealed to the instance's ingest key; nobody but a worker can open it.
  record CredentialStored(String instance, SealedRef credential) implements ConnectorInstanceEvent {
    @Override
    public EntryType entryType() {
      return EntryType.CREDENTIAL_STORED;
    }
  }
}

package ai.rails.domain.connector;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;
import ai.rails.domain.SealedRef;

/// What happens to a tenant's configured connector.
public sealed interface ConnectorInstanceEvent extends Event {
  String instance();

  /// A connector at a pinned version may be used against one host.
  record ConnectorInstanceCreated(
      String instance, String connector, String connectorDigest, String host, int port)
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
    WEBHOOK_SECRET
  }

  /// A credential was sealed to the instance's ingest key; nobody but a worker can open it.
  record CredentialStored(String instance, SealedRef credential) implements ConnectorInstanceEvent {
    @Override
    public EntryType entryType() {
      return EntryType.CREDENTIAL_STORED;
    }
  }
}

package ai.rails.domain.connector;

import java.util.Optional;

import ai.rails.domain.SealedRef;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceCreated;

/// A configured connector as its events made it.
///
/// @param created absent before the first event
/// @param credential the last one that was stored
public record ConnectorInstance(
    Optional<ConnectorInstanceCreated> created, Optional<SealedRef> credential) {
  /// Before the first event.
  public static final ConnectorInstance NONE =
      new ConnectorInstance(Optional.empty(), Optional.empty());
}

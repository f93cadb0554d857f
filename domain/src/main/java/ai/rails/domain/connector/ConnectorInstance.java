package ai.rails.domain.connector;

import java.util.Map;
import java.util.Optional;

import ai.rails.domain.SealedRef;
import ai.rails.domain.connector.ConnectorInstanceEvent.BreakerChanged;
import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceCreated;
import ai.rails.domain.connector.ConnectorInstanceEvent.Part;

/// A configured connector as its events made it.
///
/// @param created absent before the first event
/// @param credential the last one that was stored
/// @param parts hash of what else was last stored
/// @param breaker what was last told of it
/// @param revoked whether its connector's version runs nowhere any more
public record ConnectorInstance(
    Optional<ConnectorInstanceCreated> created,
    Optional<SealedRef> credential,
    Map<Part, String> parts,
    Optional<BreakerChanged> breaker,
    boolean revoked) {
  /// Before the first event.
  public static final ConnectorInstance NONE =
      new ConnectorInstance(Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), false);

  public ConnectorInstance {
    parts = Map.copyOf(parts);
  }
}

package ai.rails.platform.workflow;

import java.util.Optional;

/// The connectors that workflows may use, by exact version.
public interface ConnectorCatalogue {
  /// What an action takes, gives and does.
  Optional<ActionType> action(String connector, String version, String action);

  /// Whether an instance of the connector may be at any host.
  default boolean reachesAnyHost(String connector, String version) {
    return false;
  }

  /// `sha256:` and 64 hex digits of the connector's manifest; empty if there is no such version.
  Optional<String> digest(String connector, String version);
}

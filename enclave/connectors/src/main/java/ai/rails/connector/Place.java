package ai.rails.connector;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/// Where a connector goes beside its instance. The manifest names it, so neither an instance nor a
/// call can choose it.
///
/// @param host the instance's own if absent
/// @param protocol HTTPS if absent
public record Place(
    Optional<String> host, @JsonProperty(required = true) int port, Optional<Protocol> protocol) {
  public String hostFor(String instanceHost) {
    return host.orElse(instanceHost);
  }

  public Protocol spoken() {
    return protocol.orElse(Protocol.HTTPS);
  }
}

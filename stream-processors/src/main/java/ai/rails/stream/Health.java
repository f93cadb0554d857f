package ai.rails.stream;

import java.util.Map;

/// Whether the stream side works.
///
/// @param up whether every part that was started does
/// @param parts part to state, for example `relay` to `UP`
public record Health(boolean up, Map<String, String> parts) {
  public Health {
    parts = Map.copyOf(parts);
  }
}

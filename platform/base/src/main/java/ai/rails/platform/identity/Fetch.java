package ai.rails.platform.identity;

import java.io.IOException;
import java.net.URI;

import com.fasterxml.jackson.databind.JsonNode;

/// Reads a JSON document of a provider.
@FunctionalInterface
public interface Fetch {
  /// @throws IOException if it is not there, not JSON or too long
  JsonNode json(URI address) throws IOException;
}

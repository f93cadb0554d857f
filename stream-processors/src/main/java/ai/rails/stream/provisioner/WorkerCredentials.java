package ai.rails.stream.provisioner;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/// Where the Kafka credentials of a tenant's workers are kept. The only place that ever holds the
/// password: Kafka holds its salted hash.
public interface WorkerCredentials {
  /// The client settings stored for a tenant, empty if there are none yet.
  Optional<Map<String, String>> find(String tenant) throws IOException;

  /// Stores the client settings, password included, so that only the tenant's workers can read
  /// them.
  void store(String tenant, Map<String, String> clientSettings) throws IOException;
}

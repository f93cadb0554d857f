package ai.rails.stream.provisioner;

import java.io.IOException;

/// Whom the provisioner tells that a tenant's topics, principals and limits exist.
public interface TenantProvisioned {
  /// Returns when it was accepted; telling twice is harmless.
  ///
  /// @throws IOException if it was not; the provisioner tells again later
  void report(String tenant) throws IOException, InterruptedException;
}

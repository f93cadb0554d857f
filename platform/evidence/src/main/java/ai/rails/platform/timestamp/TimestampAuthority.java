package ai.rails.platform.timestamp;

import java.io.IOException;

/// Says when it saw something (RFC 3161). Thread-safe.
@FunctionalInterface
public interface TimestampAuthority {
  /// @param data of which only the SHA-256 leaves the house
  /// @return the authority's whole answer in DER, as `openssl ts` reads and writes it
  /// @throws IOException if the authority cannot be reached or does not stamp
  byte[] stamp(byte[] data) throws IOException;
}

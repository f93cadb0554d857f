package ai.rails.enclave.gateway;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// A complete answer.
final class Answered {
  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  /// @param headers by lower-case name; of a repeated one the first
  Answered(int status, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.headers = Map.copyOf(headers);
    this.body = body;
  }

  int status() {
    return status;
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  byte[] body() {
    return Arrays.copyOf(body, body.length);
  }
}

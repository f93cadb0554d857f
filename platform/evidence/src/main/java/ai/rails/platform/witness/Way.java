package ai.rails.platform.witness;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/// How somebody outside is reached over HTTP: directly, or as an installation's own rules demand.
/// Thread-safe.
public interface Way extends AutoCloseable {
  /// Most bytes of an answer.
  int ANSWER_BYTES_MAX = 64 << 10;

  /// An answer.
  @SuppressWarnings("ArrayRecordComponent") // read once
  record Reply(int status, byte[] body) {}

  /// Asks once. Whatever the other side does, this comes back within the limit and takes little
  /// memory.
  ///
  /// @param method `GET`, with an empty body, or `POST`
  /// @throws IOException if there is no whole answer
  Reply send(String method, URI address, String contentType, byte[] body, Duration limit)
      throws IOException;

  @Override
  void close();

  /// Without a detour.
  ///
  /// @param connect limit for a connection
  static Way direct(Duration connect) {
    return new DirectWay(connect);
  }
}

package ai.rails.enclave.egress;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;

/// Waits until the other side has cut a connection.
final class Ends {
  private Ends() {}

  /// Whether it was cut before the socket's timeout.
  static boolean of(Socket socket) {
    return bytesBefore(socket) >= 0;
  }

  /// Bytes that came before the cut, or -1 if it did not come in time.
  static int bytesBefore(Socket socket) {
    int bytes = 0;
    try {
      while (socket.getInputStream().read() >= 0) {
        bytes++;
      }
      return bytes;
    } catch (SocketTimeoutException _) {
      return -1;
    } catch (IOException _) {
      return bytes;
    }
  }
}

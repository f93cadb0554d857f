package ai.rails.enclave.egress;

import java.io.IOException;
import java.net.Socket;

/// Closing never fails a tunnel: whoever closes is done with the socket.
final class Sockets {
  private Sockets() {}

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It is closed or it never was open.
    }
  }
}

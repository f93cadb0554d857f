package ai.rails.app.bench.policy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/// The world: takes connections and counts them. It asks nobody's leave, so what it counted got
/// out.
final class Sink implements AutoCloseable {
  private static final int BACKLOG = 256;

  private final ServerSocket server = new ServerSocket();
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  Sink() throws IOException {
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    var _ = Thread.ofVirtual().name("sink").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /// Connections ever taken.
  long reached() {
    return connections.get();
  }

  /// Bytes ever received.
  long bytes() {
    return bytes.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        var _ = Thread.ofVirtual().name("sink-connection").start(() -> drain(socket));
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new IllegalStateException("the sink can not take connections", e);
        }
      }
    }
  }

  private void drain(Socket socket) {
    try (socket) {
      byte[] buffer = new byte[1024];
      for (int n = socket.getInputStream().read(buffer); n >= 0; ) {
        bytes.addAndGet(n);
        OutputStream out = socket.getOutputStream();
        out.write(buffer, 0, n);
        out.flush();
        n = socket.getInputStream().read(buffer);
      }
    } catch (IOException e) {
      // The other end left; what it sent is counted.
      bytes.addAndGet(0);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

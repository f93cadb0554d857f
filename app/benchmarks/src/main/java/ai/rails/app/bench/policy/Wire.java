package ai.rails.app.bench.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The way from the decision client to OPA: it can be led elsewhere, or swallow what is sent.
///
/// A change cuts what is open, so that no kept connection goes the old way.
final class Wire implements AutoCloseable {
  /// Swallows.
  private static final int NOWHERE = 0;

  private static final int BACKLOG = 256;

  private final ServerSocket server = new ServerSocket();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile int target;

  /// @param target loopback port
  Wire(int target) throws IOException {
    this.target = target;
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    var _ = Thread.ofVirtual().name("wire").start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  void lead(int port) {
    target = port;
    open.forEach(Wire::cut);
  }

  /// Takes connections and bytes, and gives nothing back.
  void swallow() {
    lead(NOWHERE);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        var _ = Thread.ofVirtual().name("wire-connection").start(() -> carry(client));
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new IllegalStateException("the wire can not take connections", e);
        }
      }
    }
  }

  private void carry(Socket client) {
    int port = target;
    try (client) {
      if (port == NOWHERE) {
        pump(client.getInputStream(), OutputStream.nullOutputStream());
        return;
      }
      try (Socket there = new Socket(InetAddress.getLoopbackAddress(), port)) {
        open.add(there);
        var _ = Thread.ofVirtual().name("wire-answer").start(() -> answer(there, client));
        pump(client.getInputStream(), there.getOutputStream());
      }
    } catch (IOException e) {
      cut(client);
    } finally {
      open.remove(client);
    }
  }

  private void answer(Socket there, Socket client) {
    try {
      pump(there.getInputStream(), client.getOutputStream());
    } catch (IOException e) {
      cut(there);
    } finally {
      open.remove(there);
      cut(client);
    }
  }

  private static void pump(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[16 << 10];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
      out.flush();
    }
  }

  private static void cut(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException("a socket can not be closed", e);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    open.forEach(Wire::cut);
  }
}

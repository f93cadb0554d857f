package ai.rails.enclave.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/// A host that answers every byte with the same byte.
final class EchoServer implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();

  EchoServer() throws IOException {
    Thread.startVirtualThread(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  long received() {
    return received.get();
  }

  long connections() {
    return connections.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        connections.incrementAndGet();
        Thread.startVirtualThread(() -> echo(client));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void echo(Socket client) {
    try (client) {
      byte[] chunk = new byte[4096];
      for (int read = client.getInputStream().read(chunk);
          read >= 0;
          read = client.getInputStream().read(chunk)) {
        received.addAndGet(read);
        client.getOutputStream().write(chunk, 0, read);
      }
    } catch (IOException _) {
      // The tunnel was cut.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

package ai.rails.enclave.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A TLS server that answers as a test says, byte for byte.
final class ScriptedHost implements AutoCloseable {
  /// A request as it came.
  record Seen(String method, String target, String head, String body) {}

  /// What is written, and what happens then.
  record Reply(String text, After after, Charset charset) {
    Reply(String text, After after) {
      this(text, after, StandardCharsets.UTF_8);
    }

    static Reply json(int status, String body) {
      return new Reply(
          "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(status, body.getBytes(StandardCharsets.UTF_8).length, body),
          After.CLOSE);
    }

    static Reply reset() {
      return new Reply("", After.RESET);
    }
  }

  /// How a connection ends.
  enum After {
    CLOSE,
    RESET,
    /// It stays open and nothing more comes.
    HANG
  }

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final SSLContext tls;
  private final Function<Seen, Reply> script;
  private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  ScriptedHost(SSLContext tls, Function<Seen, Reply> script) throws IOException {
    this.tls = tls;
    this.script = script;
    Thread.startVirtualThread(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  List<Seen> seen() {
    return List.copyOf(seen);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(client, null, true)) {
      Seen request = read(socket.getInputStream());
      seen.add(request);
      Reply reply = script.apply(request);
      socket.getOutputStream().write(reply.text().getBytes(reply.charset()));
      switch (reply.after()) {
        case CLOSE -> {
          // As it leaves the block.
        }
        case RESET -> {
          client.setSoLinger(true, 0);
          client.close();
        }
        case HANG -> closed.await();
      }
    } catch (IOException _) {
      // The gateway or the proxy has left.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static Seen read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    int length =
        text.lines()
            .filter(each -> each.startsWith("Content-Length: "))
            .mapToInt(each -> Integer.parseInt(each.substring(16)))
            .findFirst()
            .orElse(0);
    String[] start = text.split(" ", 3);
    return new Seen(
        start[0], start[1], text, new String(in.readNBytes(length), StandardCharsets.UTF_8));
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
  }
}

package ai.rails.app.bench.policy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import ai.rails.app.embedded.Unavailable;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/// The least that a question over loopback HTTP can cost: a server that sends back what it got, and
/// the JDK's client. What a decision takes beyond it, OPA and the decision client add.
final class Echo implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int LONGEST = 1 << 20;

  private final ServerSocket server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();
  private final URI url;

  Echo() {
    try {
      this.server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
      this.url = URI.create("http://127.0.0.1:%s/".formatted(server.getLocalPort()));
    } catch (IOException e) {
      throw new UncheckedIOException("no port for an echo", e);
    }
    var _ = threads.submit(this::accept);
  }

  /// Sends it there and back. Once in some hundred thousand times the JDK's client takes an answer
  /// that comes at once for one that nobody asked for, and closes the connection; it is asked
  /// again.
  void ask(byte[] body) {
    HttpRequest question =
        HttpRequest.newBuilder(url)
            .timeout(LIMIT)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    try {
      HttpResponse<byte[]> answer;
      try {
        answer = client.send(question, HttpResponse.BodyHandlers.ofByteArray());
      } catch (IOException closed) {
        answer = client.send(question, HttpResponse.BodyHandlers.ofByteArray());
      }
      if (answer.body().length != body.length) {
        throw new Unavailable("the echo answered something else");
      }
    } catch (IOException e) {
      throw new Unavailable("the echo does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted", e);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        var _ = threads.submit(() -> serve(socket));
      }
    } catch (IOException e) {
      // The server was closed.
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      while (true) {
        int length = length(in);
        if (length < 0) {
          return;
        }
        byte[] head =
            "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n".formatted(length).getBytes(ISO_8859_1);
        byte[] answer = new byte[head.length + length];
        System.arraycopy(head, 0, answer, 0, head.length);
        if (in.readNBytes(answer, head.length, length) < length) {
          return;
        }
        out.write(answer);
      }
    } catch (IOException e) {
      // The client is gone.
    }
  }

  /// Reads to the end of the headers; -1 when there are no more requests.
  private static int length(InputStream in) throws IOException {
    int length = 0;
    while (true) {
      StringBuilder line = new StringBuilder();
      int next = in.read();
      while (next >= 0 && next != '\n') {
        line.append((char) next);
        next = in.read();
      }
      String text = line.toString().strip().toLowerCase(Locale.ROOT);
      if (next < 0) {
        return -1;
      }
      if (text.isEmpty()) {
        return length;
      }
      if (text.startsWith("content-length:")) {
        length = Math.min(LONGEST, Integer.parseInt(text.substring(text.indexOf(':') + 1).strip()));
      }
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("the echo does not end", e);
    }
    client.close();
    threads.shutdownNow();
  }
}

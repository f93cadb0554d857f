package ai.rails.enclave.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A proxy that lets everybody through, and behind it a mail server that speaks TLS from the first
/// byte and answers each line as a test says.
final class ScriptedMail implements AutoCloseable {
  /// At the end of an answer: the tunnel is cut as soon as it was written.
  static final String CUT = "\0";

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final SSLContext tls;
  private final String greeting;
  private final UnaryOperator<String> script;
  private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();

  /// @param script line to answer; empty for lines that have none
  ScriptedMail(SSLContext tls, String greeting, UnaryOperator<String> script) throws IOException {
    this.tls = tls;
    this.greeting = greeting;
    this.script = script;
    Thread.startVirtualThread(this::accept);
  }

  InetSocketAddress proxy() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  /// What the client said, in lines.
  List<String> said() {
    return List.copyOf(said);
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
    try (client) {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) client.getInputStream().read());
      }
      client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(client, null, true);
      talk(client, socket);
    } catch (IOException _) {
      // The client has left.
    }
  }

  private void talk(Socket client, SSLSocket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(greeting.getBytes(StandardCharsets.UTF_8));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      said.add(line);
      String answer = script.apply(line);
      boolean cut = answer.endsWith(CUT);
      out.write(answer.replace(CUT, "").getBytes(StandardCharsets.UTF_8));
      if (cut) {
        client.setSoLinger(true, 0);
        client.close();
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}

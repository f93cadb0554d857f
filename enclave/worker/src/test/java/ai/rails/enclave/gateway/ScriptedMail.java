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

/// A proxy that lets everybody through, and behind it a mail server that speaks TLS, from the first
/// byte or after STARTTLS, and answers each line as a test says.
final class ScriptedMail implements AutoCloseable {
  /// At the end of an answer: the tunnel is cut as soon as it was written.
  static final String CUT = "\0";

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final SSLContext tls;
  private final String greeting;
  private final UnaryOperator<String> script;
  private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> overheard = new ConcurrentLinkedQueue<>();

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

  /// What the client said before there was TLS.
  List<String> overheard() {
    return List.copyOf(overheard);
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
      boolean later = head.indexOf(":587 ") > 0 || head.indexOf(":143 ") > 0;
      String open = later ? "" : greeting;
      if (later && !upgraded(client)) {
        return;
      }
      SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(client, null, true);
      talk(client, socket, open);
    } catch (IOException _) {
      // The client has left.
    }
  }

  /// Speaks in the clear until the client asks for TLS and is told to begin.
  private boolean upgraded(Socket client) throws IOException {
    client.getOutputStream().write(greeting.getBytes(StandardCharsets.UTF_8));
    StringBuilder line = new StringBuilder();
    for (int next = client.getInputStream().read();
        next >= 0;
        next = client.getInputStream().read()) {
      if (next != '\n') {
        line.append((char) next);
        continue;
      }
      String text = line.toString().strip();
      line.setLength(0);
      overheard.add(text);
      client.getOutputStream().write(script.apply(text).getBytes(StandardCharsets.UTF_8));
      if (text.endsWith("STARTTLS")) {
        return true;
      }
    }
    return false;
  }

  private void talk(Socket client, SSLSocket socket, String open) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(open.getBytes(StandardCharsets.UTF_8));
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

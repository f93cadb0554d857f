package ai.rails.app.bench.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// The way out: a tunnel through the egress proxy to the sink, with whatever ticket there is.
///
/// @param proxy loopback port
/// @param target `host:port` of the sink
public record Way(int proxy, String target) {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// Whether the proxy takes connections.
  boolean open() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /// Opens a tunnel and leaves it at that.
  ///
  /// @return the proxy's answer to CONNECT
  public int tunnel(String ticket) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy)) {
      return asked(socket, ticket);
    }
  }

  /// @param ticket empty to show none
  /// @return the proxy's answer to CONNECT; 200 if bytes went to the sink and came back
  int out(String ticket) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy)) {
      int answer = asked(socket, ticket);
      if (answer != 200) {
        return answer;
      }
      OutputStream to = socket.getOutputStream();
      byte[] sent = "one write\n".getBytes(US_ASCII);
      to.write(sent);
      to.flush();
      int back = socket.getInputStream().readNBytes(sent.length).length;
      return back == sent.length ? 200 : 502;
    }
  }

  private int asked(Socket socket, String ticket) throws IOException {
    socket.setSoTimeout((int) LIMIT.toMillis());
    String shown = ticket.isEmpty() ? "" : "Proxy-Authorization: Ticket " + ticket + "\r\n";
    OutputStream to = socket.getOutputStream();
    to.write("CONNECT %s HTTP/1.1\r\n%s\r\n".formatted(target, shown).getBytes(US_ASCII));
    to.flush();
    return Integer.parseInt(head(socket.getInputStream()).substring(9, 12));
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0 || head.length() > 4096) {
        throw new IOException("the proxy answered no head but: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }
}

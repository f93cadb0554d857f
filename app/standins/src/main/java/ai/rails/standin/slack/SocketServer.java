package ai.rails.standin.slack;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Ids;
import ai.rails.standin.Json;
import ai.rails.standin.Transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

/// Socket Mode: a WebSocket for each ticket of `apps.connections.open`, used once. A client that
/// does not mask its frames, sends something that is no acknowledgement, or acknowledges what it
/// was not sent, is cut off.
final class SocketServer implements AutoCloseable {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int FRAME = 1 << 16;

  private final ServerSocket server;
  private final Workspace workspace;
  private final Ids ids;
  private final Set<String> tickets = ConcurrentHashMap.newKeySet();
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final Map<String, JsonNode> acknowledged = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<String> news = new LinkedBlockingQueue<>();

  SocketServer(Transport transport, Workspace workspace, Ids ids) {
    this.workspace = workspace;
    this.ids = ids;
    try {
      this.server =
          switch (transport) {
            case Transport.Tls tls ->
                tls.context()
                    .getServerSocketFactory()
                    .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
            case Transport.Plain _ -> new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
          };
    } catch (IOException e) {
      throw new UncheckedIOException("cannot serve Slack's sockets", e);
    }
    var _ = Thread.ofVirtual().name("slack-sockets").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  String newTicket() {
    String ticket = ids.uuid().toString();
    tickets.add(ticket);
    return ticket;
  }

  int open() {
    return connections.size();
  }

  /// Sends an envelope over one of the connections and waits for what acknowledges it.
  ///
  /// @throws IllegalStateException after three seconds, when Slack sends it again elsewhere
  JsonNode deliver(String type, ObjectNode payload, int retry) {
    String id = ids.uuid().toString();
    ObjectNode envelope =
        Json.object()
            .put("envelope_id", id)
            .put("type", type)
            .put("accepts_response_payload", true);
    envelope.set("payload", payload);
    if (retry > 0) {
      envelope.put("retry_attempt", retry).put("retry_reason", "timeout");
    }
    connections.stream()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no socket is open"))
        .send(envelope.toString());
    return awaited(id);
  }

  private JsonNode awaited(String id) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
    try {
      while (!acknowledged.containsKey(id)) {
        String _ = news.poll(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        if (System.nanoTime() > end && !acknowledged.containsKey(id)) {
          throw new IllegalStateException("no acknowledgement within three seconds");
        }
      }
      JsonNode answer = acknowledged.remove(id);
      return answer == null ? Json.object() : answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// Asks every client for another connection, and closes.
  void disconnect(String reason) {
    for (Connection each : Set.copyOf(connections)) {
      each.send(Json.object().put("type", "disconnect").put("reason", reason).toString());
      end(each);
    }
  }

  /// Ends every connection without a word.
  void cut() {
    Set.copyOf(connections).forEach(this::end);
  }

  /// Nothing is sent over it from here on.
  private void end(Connection connection) {
    connections.remove(connection);
    connection.end();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        var _ = Thread.ofVirtual().name("slack-socket").start(() -> serve(socket));
      } catch (IOException e) {
        if (!server.isClosed()) {
          throw new UncheckedIOException("Slack's sockets broke", e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      Connection connection = new Connection(socket, socket.getOutputStream());
      if (!upgraded(in, socket.getOutputStream())) {
        return;
      }
      connections.add(connection);
      connection.send(
          Json.object()
              .put("type", "hello")
              .put("num_connections", connections.size())
              .set("connection_info", Json.object().put("app_id", workspace.appId()))
              .toString());
      try {
        read(in, connection);
      } finally {
        connections.remove(connection);
      }
    } catch (IOException | MalformedFrame _) {
      // The client left, or has to.
    }
  }

  private boolean upgraded(DataInputStream in, OutputStream out) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n") && head.length() < 8_192) {
      head.append((char) in.readUnsignedByte());
    }
    String[] lines = head.toString().split("\r\n", -1);
    Map<String, String> headers = new HashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        headers.put(line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 2));
      }
    }
    String ticket = lines[0].replaceFirst("^GET /link/\\?ticket=([0-9a-f-]+)&.* HTTP/1.1$", "$1");
    boolean good =
        tickets.remove(ticket)
            && headers.getOrDefault("upgrade", "").equalsIgnoreCase("websocket")
            && headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("upgrade")
            && headers.getOrDefault("sec-websocket-version", "").equals("13")
            && headers.containsKey("sec-websocket-key");
    String answer =
        good
            ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: "
                + accept(headers.getOrDefault("sec-websocket-key", ""))
                + "\r\n\r\n"
            : "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    out.write(answer.getBytes(US_ASCII));
    out.flush();
    return good;
  }

  private static String accept(String key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /// What a client may not send.
  private static final class MalformedFrame extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private void read(DataInputStream in, Connection connection) throws IOException {
    while (true) {
      int first = in.readUnsignedByte();
      int second = in.readUnsignedByte();
      int length = second & 0x7f;
      length = length == 126 ? in.readUnsignedShort() : length;
      if ((second & 0x80) == 0 || (first & 0xf0) != 0x80 || length == 127 || length > FRAME) {
        throw new MalformedFrame();
      }
      byte[] mask = in.readNBytes(4);
      byte[] payload = in.readNBytes(length);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i % 4];
      }
      switch (first & 0x0f) {
        case 1 -> acknowledge(new String(payload, UTF_8));
        case 8 -> {
          return;
        }
        case 9 -> connection.frame(10, payload);
        case 10 -> {}
        default -> throw new MalformedFrame();
      }
    }
  }

  private void acknowledge(String text) {
    JsonNode answer = Json.parseObject(text);
    String id = answer.path("envelope_id").asText();
    if (id.isEmpty()) {
      throw new MalformedFrame();
    }
    acknowledged.put(id, answer.path("payload"));
    news.add(id);
  }

  /// One client.
  private static final class Connection {
    private final Socket socket;
    private final OutputStream out;

    private Connection(Socket socket, OutputStream out) {
      this.socket = socket;
      this.out = out;
    }

    private void send(String text) {
      frame(1, text.getBytes(UTF_8));
    }

    private synchronized void frame(int code, byte[] payload) {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      frame.write(0x80 | code);
      if (payload.length < 126) {
        frame.write(payload.length);
      } else {
        frame.write(126);
        frame.write(payload.length >>> 8);
        frame.write(payload.length);
      }
      frame.writeBytes(payload);
      try {
        out.write(frame.toByteArray());
        out.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("the client is gone", e);
      }
    }

    private void end() {
      try {
        socket.close();
      } catch (IOException _) {
        // It is gone.
      }
    }
  }

  @Override
  public void close() {
    cut();
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Slack's sockets do not close", e);
    }
  }
}

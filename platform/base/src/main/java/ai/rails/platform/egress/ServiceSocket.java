package ai.rails.platform.egress;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLSocket;

/// The client's end of a WebSocket (RFC 6455) for texts, through a [ServiceTunnel].
///
/// One thread reads; any may send. A side that says nothing is pinged, and given up when it does
/// not answer.
public final class ServiceSocket implements AutoCloseable {
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int MESSAGE_BYTES = 1 << 20;
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final RandomGenerator random;

  private ServiceSocket(SSLSocket socket, RandomGenerator random) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
    this.random = random;
  }

  /// @param tenant whose socket it is
  /// @param address on a host that the tunnel leads to
  /// @param quiet after which the other side is pinged
  public static ServiceSocket open(
      ServiceTunnel tunnel, String tenant, URI address, Duration quiet, RandomGenerator random)
      throws IOException {
    String query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
    String target = address.getRawPath() + query;
    if (!target.matches("/[!-~]*")) {
      throw new IOException("the path of a socket is not ASCII");
    }
    SSLSocket tls = tunnel.open(tenant, address.getHost());
    try {
      tls.setSoTimeout(Math.toIntExact(quiet.toMillis()));
      ServiceSocket socket = new ServiceSocket(tls, random);
      socket.upgrade(address.getHost(), target);
      return socket;
    } catch (IOException e) {
      tls.close();
      throw e;
    }
  }

  private void upgrade(String host, String target) throws IOException {
    byte[] nonce = new byte[16];
    random.nextBytes(nonce);
    String key = Base64.getEncoder().encodeToString(nonce);
    out.write(
        """
        GET %s HTTP/1.1\r
        Host: %s\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Key: %s\r
        Sec-WebSocket-Version: 13\r
        \r
        """
            .formatted(target, host, key)
            .getBytes(StandardCharsets.US_ASCII));
    out.flush();
    ServiceAnswer answer = ServiceAnswer.head(in);
    if (answer.status() != 101
        || !accept(key).equals(answer.headers().getOrDefault("sec-websocket-accept", ""))) {
      throw new IOException("%s opened no socket: %s".formatted(host, answer.status()));
    }
  }

  private static String accept(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1")
                  .digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /// The next text; empty when the other side has closed.
  ///
  /// @throws IOException if it broke the protocol, vanished, or sent more than 1 MiB
  public Optional<String> next() throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (true) {
      int first = first();
      int code = first & 0x0f;
      byte[] payload = payload(message.size());
      switch (code) {
        case TEXT, CONTINUATION -> {
          message.write(payload);
          if ((first & 0x80) != 0) {
            return Optional.of(message.toString(StandardCharsets.UTF_8));
          }
        }
        case PING -> frame(PONG, payload);
        case PONG -> {}
        case CLOSE -> {
          frame(CLOSE, payload);
          return Optional.empty();
        }
        default -> throw new IOException("a frame of kind %s".formatted(code));
      }
    }
  }

  /// The first byte of a frame. Silence is answered with one ping.
  private int first() throws IOException {
    for (boolean pinged = false; ; pinged = true) {
      try {
        int first = in.read();
        if (first < 0) {
          throw new EOFException("the socket ended without a word");
        }
        if ((first & 0x70) != 0) {
          throw new IOException("a frame with an extension that nobody asked for");
        }
        return first;
      } catch (SocketTimeoutException e) {
        if (pinged) {
          throw e;
        }
        frame(PING, new byte[0]);
      }
    }
  }

  private byte[] payload(int before) throws IOException {
    int second = in.readUnsignedByte();
    if ((second & 0x80) != 0) {
      throw new IOException("a server's frame is never masked");
    }
    long length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    if (length < 0 || before + length > MESSAGE_BYTES) {
      throw new IOException("a message is longer than %s bytes".formatted(MESSAGE_BYTES));
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    return payload;
  }

  public void send(String text) throws IOException {
    frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private synchronized void frame(int code, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(0x80 | code);
    if (payload.length < 126) {
      frame.write(0x80 | payload.length);
    } else if (payload.length <= 0xffff) {
      frame.write(0x80 | 126);
      frame.write(payload.length >>> 8);
      frame.write(payload.length);
    } else {
      throw new IOException("a text is longer than 65535 bytes");
    }
    byte[] mask = new byte[4];
    random.nextBytes(mask);
    frame.write(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ mask[i % mask.length]);
    }
    out.write(frame.toByteArray());
    out.flush();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // Nothing more is said on it.
    }
  }
}

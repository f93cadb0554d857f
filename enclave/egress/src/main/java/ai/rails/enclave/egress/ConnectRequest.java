package ai.rails.enclave.egress;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import ai.rails.enclave.egress.Refusal.RefusedException;

/// The head of a CONNECT request: its target and its ticket.
///
/// @param authorization value of the one `Proxy-Authorization`, empty if there is none
record ConnectRequest(Target target, String authorization) {
  /// Most bytes of a head.
  static final int MAX_HEAD = 8_192;

  private static final int MAX_HEADERS = 32;

  /// Reads a head byte by byte from a buffered stream, so that what follows stays in it.
  ///
  /// @param within how long the whole head may take
  /// @throws RefusedException if it is too long, too slow or not a CONNECT of HTTP/1.1
  /// @throws IOException if the client is gone
  static ConnectRequest read(Socket socket, InputStream in, Duration within)
      throws IOException, RefusedException {
    return parse(readHead(socket, in, within));
  }

  private static String readHead(Socket socket, InputStream in, Duration within)
      throws IOException, RefusedException {
    long deadline = System.nanoTime() + within.toNanos();
    byte[] head = new byte[MAX_HEAD];
    int length = 0;
    while (!endsHead(head, length)) {
      if (length == MAX_HEAD) {
        throw new RefusedException(Refusal.HEAD_TOO_LARGE);
      }
      if (in.available() == 0) {
        socket.setSoTimeout(remainingMillis(deadline));
      }
      head[length++] = readByte(in);
    }
    socket.setSoTimeout(0);
    return new String(head, 0, length, StandardCharsets.ISO_8859_1);
  }

  private static byte readByte(InputStream in) throws IOException, RefusedException {
    try {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the client left before the end of the head");
      }
      return (byte) next;
    } catch (SocketTimeoutException _) {
      throw new RefusedException(Refusal.HEAD_TOO_SLOW);
    }
  }

  private static int remainingMillis(long deadline) throws RefusedException {
    long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (millis < 1) {
      throw new RefusedException(Refusal.HEAD_TOO_SLOW);
    }
    return Math.toIntExact(millis);
  }

  private static boolean endsHead(byte[] head, int length) {
    return length >= 4
        && head[length - 4] == '\r'
        && head[length - 3] == '\n'
        && head[length - 2] == '\r'
        && head[length - 1] == '\n';
  }

  private static ConnectRequest parse(String head) throws RefusedException {
    List<String> lines = List.of(head.substring(0, head.length() - 4).split("\r\n", -1));
    if (lines.size() > MAX_HEADERS + 1 || !head.chars().allMatch(ConnectRequest::isAllowed)) {
      throw new RefusedException(Refusal.MALFORMED);
    }
    String[] start = lines.getFirst().split(" ", -1);
    if (start.length != 3 || !start[2].equals("HTTP/1.1")) {
      throw new RefusedException(Refusal.MALFORMED);
    }
    if (!start[0].equals("CONNECT")) {
      throw new RefusedException(Refusal.METHOD);
    }
    Optional<String> authorization = Optional.empty();
    for (String line : lines.subList(1, lines.size())) {
      int colon = line.indexOf(':');
      if (colon < 1 || !line.substring(0, colon).matches("[A-Za-z0-9-]+")) {
        throw new RefusedException(Refusal.MALFORMED);
      }
      switch (line.substring(0, colon).toLowerCase(Locale.ROOT)) {
        case "proxy-authorization" -> {
          if (authorization.isPresent()) {
            throw new RefusedException(Refusal.MALFORMED);
          }
          authorization = Optional.of(line.substring(colon + 1).strip());
        }
        case "content-length", "transfer-encoding" -> throw new RefusedException(Refusal.MALFORMED);
        default -> {
          // Nothing else matters to a tunnel.
        }
      }
    }
    return new ConnectRequest(Target.parse(start[1]), authorization.orElse(""));
  }

  private static boolean isAllowed(int character) {
    return character == '\r' || character == '\n' || (character >= ' ' && character < 0x7f);
  }
}

package ai.rails.platform.egress;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// An answer of HTTP/1.1, bounded.
///
/// @param headers by lower-case name
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
public record ServiceAnswer(int status, Map<String, String> headers, byte[] body) {
  private static final int HEAD_BYTES = 16 << 10;
  private static final int BODY_BYTES = 1 << 20;

  public ServiceAnswer {
    headers = Map.copyOf(headers);
  }

  /// The body, UTF-8.
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /// Reads a head and its body.
  static ServiceAnswer read(InputStream in) throws IOException {
    ServiceAnswer head = head(in);
    byte[] body;
    if (head.headers().getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      body = chunks(in);
    } else if (head.headers().containsKey("content-length")) {
      body = exactly(in, number(head.headers().getOrDefault("content-length", "0"), 10));
    } else {
      body = in.readNBytes(BODY_BYTES + 1);
    }
    if (body.length > BODY_BYTES) {
      throw new IOException("an answer is longer than %s bytes".formatted(BODY_BYTES));
    }
    return new ServiceAnswer(head.status(), head.headers(), body);
  }

  /// Reads a head and nothing after it.
  static ServiceAnswer head(InputStream in) throws IOException {
    String[] lines = block(in).split("\r\n", -1);
    if (!lines[0].matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
      throw new IOException("no answer of HTTP/1.1");
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.putIfAbsent(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
    }
    return new ServiceAnswer(Integer.parseInt(lines[0].substring(9, 12)), headers, new byte[0]);
  }

  private static String block(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < HEAD_BYTES) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the connection ended within a head");
      }
      head.append((char) next);
      if (next == '\n' && head.toString().endsWith("\r\n\r\n")) {
        return head.substring(0, head.length() - 4);
      }
    }
    throw new IOException("a head is longer than %s bytes".formatted(HEAD_BYTES));
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      int size = number(line(in).split(";", 2)[0].strip(), 16);
      if (size == 0) {
        return all.toByteArray();
      }
      if (all.size() + (long) size > BODY_BYTES) {
        throw new IOException("an answer is longer than %s bytes".formatted(BODY_BYTES));
      }
      all.write(exactly(in, size));
      line(in);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || line.length() > 1_024) {
        throw new EOFException("the connection ended within a chunk");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  private static byte[] exactly(InputStream in, int count) throws IOException {
    if (count < 0 || count > BODY_BYTES) {
      throw new IOException("an answer is longer than %s bytes".formatted(BODY_BYTES));
    }
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the connection ended within an answer");
    }
    return bytes;
  }

  private static int number(String text, int radix) throws IOException {
    try {
      return Integer.parseInt(text, radix);
    } catch (NumberFormatException e) {
      throw new IOException("a length that is no number", e);
    }
  }
}

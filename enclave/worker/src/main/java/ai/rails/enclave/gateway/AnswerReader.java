package ai.rails.enclave.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads one HTTP/1.1 answer, strictly: an answer whose end is not certain is no answer.
///
/// A body has a `Content-Length` or is chunked, never both; the end of the connection ends no body.
final class AnswerReader {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*(.*?)[ \\t]*");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
  private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,8})(?:[ \\t]*;.*)?");
  private static final int MAX_LINE = 8_192;
  private static final int MAX_HEADERS = 100;
  private static final int MAX_INTERIM = 5;

  private final DeadlineInput in;
  private final long maxBody;

  AnswerReader(DeadlineInput in, long maxBody) {
    this.in = in;
    this.maxBody = maxBody;
  }

  /// The head of a proxy's answer to CONNECT.
  static Answered head(DeadlineInput in) throws IOException {
    AnswerReader reader = new AnswerReader(in, 0);
    return new Answered(reader.status(), reader.headers(), new byte[0]);
  }

  /// @param bodiless as answers to HEAD are, whatever their headers say
  Answered read(boolean bodiless) throws IOException {
    int status = status();
    Map<String, String> headers = headers();
    for (int interim = 0; status < 200; interim++) {
      if (interim == MAX_INTERIM || status == 101) {
        throw new ProtocolException("not a final answer");
      }
      status = status();
      headers = headers();
    }
    if (!headers.getOrDefault("content-encoding", "identity").equalsIgnoreCase("identity")) {
      throw new ProtocolException("an encoding that was not asked for");
    }
    boolean empty = bodiless || status == 204 || status == 304;
    return new Answered(status, headers, empty ? new byte[0] : body(headers));
  }

  private int status() throws IOException {
    Matcher line = STATUS.matcher(line());
    if (!line.matches()) {
      throw new ProtocolException("not a status line");
    }
    return Integer.parseInt(line.group(1));
  }

  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (int count = 0; ; count++) {
      String text = line();
      if (text.isEmpty()) {
        return headers;
      }
      Matcher line = HEADER.matcher(text);
      if (count == MAX_HEADERS || !line.matches()) {
        throw new ProtocolException("not a header, or too many");
      }
      String name = line.group(1).toLowerCase(Locale.ROOT);
      String before = headers.putIfAbsent(name, line.group(2));
      if (before != null && (name.equals("content-length") || name.equals("transfer-encoding"))) {
        throw new ProtocolException("a repeated " + name);
      }
    }
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    String length = headers.get("content-length");
    String encoding = headers.get("transfer-encoding");
    if (encoding != null && length == null && encoding.equalsIgnoreCase("chunked")) {
      return chunked();
    }
    if (encoding != null || length == null || !LENGTH.matcher(length).matches()) {
      throw new ProtocolException("a body without a certain end");
    }
    return block(Long.parseLong(length), 0);
  }

  private byte[] chunked() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      Matcher size = CHUNK.matcher(line());
      if (!size.matches()) {
        throw new ProtocolException("not a chunk");
      }
      long length = Long.parseLong(size.group(1), 16);
      if (length == 0) {
        headers();
        return body.toByteArray();
      }
      body.writeBytes(block(length, body.size()));
      if (!line().isEmpty()) {
        throw new ProtocolException("a chunk longer than it says");
      }
    }
  }

  private byte[] block(long length, long before) throws IOException {
    if (length + before > maxBody) {
      throw new ProtocolException("a body of more than %d bytes".formatted(maxBody));
    }
    byte[] block = new byte[Math.toIntExact(length)];
    in.readFully(block, 0, block.length);
    return block;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (line.length() == MAX_LINE || (next < ' ' && next != '\r' && next != '\t')) {
        throw new ProtocolException("a line too long, or with control characters");
      }
      line.append((char) next);
    }
    if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
      throw new ProtocolException("a line that does not end as lines do");
    }
    line.setLength(line.length() - 1);
    if (line.indexOf("\r") >= 0) {
      throw new ProtocolException("a line inside a line");
    }
    return line.toString();
  }
}

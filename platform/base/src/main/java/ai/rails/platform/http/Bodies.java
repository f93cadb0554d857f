package ai.rails.platform.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

import jakarta.servlet.http.HttpServletRequest;

/// Reads a request's body within a limit of bytes and of time.
final class Bodies {
  /// Longest time from the first to the last byte of a body: a slow sender holds no thread longer.
  static final Duration MAX_TIME = Duration.ofSeconds(15);

  /// What is read and thrown away of a body that is too large, so that its sender gets to see the
  /// answer.
  private static final int MAX_DRAINED = 16 << 20;

  /// What is read and thrown away of a body whose request is refused for another reason.
  private static final int MAX_REFUSED = 64 << 10;

  private static final int CHUNK = 16 << 10;

  private Bodies() {}

  /// @throws Problem with 413, 408 or 415
  static byte[] read(HttpServletRequest request, int maxBytes) throws IOException {
    if (request.getHeader("Content-Encoding") != null) {
      throw new Problem(
          415, "UNSUPPORTED_MEDIA_TYPE", "a body with Content-Encoding is not read; send it plain");
    }
    InputStream in = request.getInputStream();
    long deadline = System.nanoTime() + MAX_TIME.toNanos();
    if (request.getContentLengthLong() > maxBytes) {
      throw tooLarge(in, maxBytes, deadline);
    }
    var body = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    int read = in.read(chunk);
    while (read >= 0) {
      body.write(chunk, 0, read);
      if (body.size() > maxBytes) {
        throw tooLarge(in, maxBytes, deadline);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new Problem(408, "REQUEST_TIMEOUT", "the body took longer than " + MAX_TIME)
            .with("Connection", "close");
      }
      read = in.read(chunk);
    }
    return body.toByteArray();
  }

  /// Takes what is left of a refused request's body, if that is not much: a connection with unread
  /// bytes is not used again, and its client, who does not know, would lose its next request.
  ///
  /// @return whether nothing is left
  static boolean drained(HttpServletRequest request) {
    boolean none =
        request.getContentLengthLong() == 0
            || (request.getContentLengthLong() < 0
                && request.getHeader("Transfer-Encoding") == null);
    if (none) {
      return true;
    }
    if (request.getContentLengthLong() > MAX_REFUSED) {
      return false;
    }
    try {
      return drained(request.getInputStream(), MAX_REFUSED, System.nanoTime() + MAX_TIME.toNanos());
    } catch (IOException e) {
      return false;
    }
  }

  /// @return whether that was all
  private static boolean drained(InputStream in, int most, long deadline) throws IOException {
    byte[] chunk = new byte[CHUNK];
    long drained = 0;
    int read = 0;
    while (read >= 0 && drained < most && System.nanoTime() - deadline < 0) {
      read = in.read(chunk);
      drained += Math.max(read, 0);
    }
    return read < 0;
  }

  private static Problem tooLarge(InputStream in, int maxBytes, long deadline) throws IOException {
    boolean _ = drained(in, MAX_DRAINED, deadline);
    return new Problem(
            413, "CONTENT_TOO_LARGE", "a body has at most %d bytes here".formatted(maxBytes))
        .with("Connection", "close");
  }
}

package ai.rails.platform.evidence;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The next so many bytes of another stream, which stays open. An end before that is an error.
final class BoundedInput extends InputStream {
  private final InputStream in;
  private long left;

  BoundedInput(InputStream in, long bytes) {
    this.in = in;
    this.left = bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    int read = in.read(bytes, from, (int) Math.min(length, left));
    if (read < 0) {
      throw new EOFException("the file ends %d bytes too early".formatted(left));
    }
    left -= read;
    return read;
  }
}

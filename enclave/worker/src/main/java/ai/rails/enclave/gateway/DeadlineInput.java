package ai.rails.enclave.gateway;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/// Reads from a socket until a point in time: a slow drip of bytes does not put it off. Unlike an
/// [InputStream], the end of the stream is an error.
final class DeadlineInput {
  private static final int CHUNK = 8_192;

  private final Socket socket;
  private final InputStream in;
  private final long deadline;
  private final byte[] chunk;
  private int next;
  private int length;

  /// @param deadline in [System#nanoTime()]
  /// @param buffered false to take no byte more than asked for
  DeadlineInput(Socket socket, long deadline, boolean buffered) throws IOException {
    this.socket = socket;
    this.in = socket.getInputStream();
    this.deadline = deadline;
    this.chunk = new byte[buffered ? CHUNK : 1];
  }

  int read() throws IOException {
    if (next == length) {
      fill();
    }
    return chunk[next++] & 0xff;
  }

  void readFully(byte[] into, int offset, int count) throws IOException {
    int at = offset;
    while (at < offset + count) {
      if (next == length) {
        fill();
      }
      int take = Math.min(offset + count - at, length - next);
      System.arraycopy(chunk, next, into, at, take);
      next += take;
      at += take;
    }
  }

  private void fill() throws IOException {
    socket.setSoTimeout(remainingMillis(deadline));
    int read = in.read(chunk);
    if (read < 0) {
      throw new EOFException("the other side closed before the end");
    }
    next = 0;
    length = read;
  }

  static int remainingMillis(long deadline) throws SocketTimeoutException {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    if (millis < 1) {
      throw new SocketTimeoutException("time is over");
    }
    return Math.toIntExact(millis);
  }
}

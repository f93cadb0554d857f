package ai.rails.enclave.gateway;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;

/// A socket that lets in no more than so many bytes, whatever lies between: for a library that
/// believes how much the other side says that it will send. Confined to the thread that makes the
/// call.
final class BoundedSocket extends Socket {
  private final long most;
  private long read;

  /// @param most bytes from the other side, with all that is no content
  BoundedSocket(long most) {
    this.most = most;
  }

  /// Whether the other side sent more.
  boolean overrun() {
    return read > most;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        int next = super.read();
        count(next < 0 ? next : 1);
        return next;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int count = super.read(into, offset, length);
        count(count);
        return count;
      }
    };
  }

  private void count(int more) throws IOException {
    read += Math.max(0, more);
    if (overrun()) {
      throw new IOException("more than %s bytes from the other side".formatted(most));
    }
  }
}

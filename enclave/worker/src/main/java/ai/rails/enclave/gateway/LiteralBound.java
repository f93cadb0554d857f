package ai.rails.enclave.gateway;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Reads what an IMAP server says, and ends where it announces a literal (`{N}` at a line's end,
/// RFC 9051 4.3) that is longer than it may send: the mail library makes room for N bytes before
/// the first of them has come. Confined to the thread that makes the call.
final class LiteralBound extends FilterInputStream {
  private final long most;
  private final Runnable over;
  private long literal;
  private State state = State.TEXT;
  private long announced;

  private enum State {
    TEXT,
    /// After `{`.
    NUMBER,
    /// After `}`.
    CLOSED
  }

  /// @param most bytes of one literal
  /// @param over told before reading fails
  LiteralBound(InputStream in, long most, Runnable over) {
    super(in);
    this.most = most;
    this.over = over;
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    if (next >= 0) {
      look((byte) next);
    }
    return next;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = super.read(into, offset, length);
    for (int i = 0; i < count; i++) {
      look(into[offset + i]);
    }
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    // What is skipped unseen could hide an announcement.
    return count > 0 && read() >= 0 ? 1 : 0;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /// What lies in a literal announces nothing.
  private void look(byte next) throws IOException {
    if (literal > 0) {
      literal--;
      return;
    }
    boolean digit = next >= '0' && next <= '9';
    if (next == '{') {
      state = State.NUMBER;
      announced = 0;
    } else if (state == State.NUMBER && digit) {
      // No overflow: what is too much already stays too much.
      announced = announced > most ? announced : announced * 10 + next - '0';
    } else if (state == State.NUMBER && next == '}') {
      state = State.CLOSED;
    } else if (state == State.CLOSED && next == '\n') {
      begin();
    } else if (!(state == State.CLOSED && next == '\r')
        && !(state == State.NUMBER && next == '+')) {
      state = State.TEXT;
    }
  }

  private void begin() throws IOException {
    state = State.TEXT;
    if (announced > most) {
      over.run();
      throw new IOException("a literal of more than %s bytes was announced".formatted(most));
    }
    literal = announced;
  }
}

package ai.rails.platform.http;

import java.io.Serial;

/// A neighbour is missing and nothing was done. The caller fails closed and may try again.
public final class Unavailable extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public Unavailable(String message, Throwable cause) {
    super(message, cause);
  }

  public Unavailable(String message) {
    super(message);
  }
}

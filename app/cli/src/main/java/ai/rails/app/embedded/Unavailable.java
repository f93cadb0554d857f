package ai.rails.app.embedded;

/// A neighbour is missing or does not answer; the message says which and what to do next.
public final class Unavailable extends RuntimeException {
  private static final long serialVersionUID = 1;

  public Unavailable(String message) {
    super(message);
  }

  public Unavailable(String message, Throwable cause) {
    super(message, cause);
  }
}

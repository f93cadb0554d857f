package ai.rails.standin;

/// A request that no vendor could read; the message is for the one who sent it.
public final class MalformedRequest extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedRequest(String message) {
    super(message);
  }
}

package ai.rails.command.collateral;

/// There is nothing to judge the evidence with now: nothing is released, and the worker may ask
/// again.
public final class CollateralUnavailable extends Exception {
  private static final long serialVersionUID = 1L;

  public CollateralUnavailable(String message) {
    super(message);
  }

  public CollateralUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}

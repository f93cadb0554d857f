package ai.rails.platform.workflow;

/// A value could not be built. The message names the expression or pointer and never repeats
/// content.
public final class ExpressionFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ExpressionFailed(String message) {
    super(message);
  }
}

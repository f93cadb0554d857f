package ai.rails.schema;

/// Bytes that are not what they were taken for. The message names the type and the rule, never
/// content.
public final class Malformed extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  Malformed(String message) {
    super(message);
  }

  Malformed(String message, Throwable cause) {
    super(message, cause);
  }
}

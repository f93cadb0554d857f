package ai.rails.standin.slack;

/// A Web API error: status 200, `ok: false`, and this code.
final class SlackError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  SlackError(String code, String detail) {
    super(detail);
    this.code = code;
  }

  SlackError(String code) {
    this(code, "");
  }

  String code() {
    return code;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}

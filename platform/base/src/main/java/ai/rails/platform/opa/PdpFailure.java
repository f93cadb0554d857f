package ai.rails.platform.opa;

/// Why no valid decision was obtained; its code becomes the decision's `unavailable`.
final class PdpFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;

  PdpFailure(String code) {
    super(code);
    this.code = code;
  }

  String code() {
    return code;
  }
}

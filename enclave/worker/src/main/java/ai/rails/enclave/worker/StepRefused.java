package ai.rails.enclave.worker;

/// A step that can not be done, and would not be the next time. The code reaches the ledger.
final class StepRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  StepRefused(String code, String message) {
    super(message);
    this.code = code;
  }

  String code() {
    return code;
  }
}

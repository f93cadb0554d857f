package ai.rails.enclave.worker;

/// A call that its connector's manifest does not allow. The code reaches the ledger; the message
/// names a rule, never a value.
public final class CallRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  /// @param code upper case, for example `ACTION_UNKNOWN`
  public CallRefused(String code, String message) {
    super(message);
    this.code = code;
  }

  public String code() {
    return code;
  }
}

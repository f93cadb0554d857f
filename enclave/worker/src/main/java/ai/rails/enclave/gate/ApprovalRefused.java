package ai.rails.enclave.gate;

/// A call that must not leave, because nothing shows that the people who had to sign it did. The
/// code reaches the ledger.
public final class ApprovalRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final boolean passing;

  private ApprovalRefused(String code, boolean passing, String message) {
    super(message);
    this.code = code;
    this.passing = passing;
  }

  /// @param code upper case, for example `PASSKEY_REMOVED`
  static ApprovalRefused forGood(String code, String message) {
    return new ApprovalRefused(code, false, message);
  }

  /// One that may be otherwise in a moment: the log is on its way.
  public static ApprovalRefused forNow(String code, String message) {
    return new ApprovalRefused(code, true, message);
  }

  public String code() {
    return code;
  }

  /// Whether the call may be tried again.
  public boolean passing() {
    return passing;
  }
}

package ai.rails.enclave.gateway;

/// A request that got no complete answer. It carries no content.
final class SendFailed extends Exception {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final boolean sent;
  private final boolean retryable;

  /// @param sent whether a byte of the request may have reached the other side
  /// @param retryable whether the same request may get through later
  SendFailed(String code, boolean sent, boolean retryable, Throwable cause) {
    super(code + " (" + cause.getClass().getSimpleName() + ")", null, false, false);
    this.code = code;
    this.sent = sent;
    this.retryable = retryable;
  }

  SendFailed(String code, boolean retryable) {
    this(code, false, retryable);
  }

  private SendFailed(String code, boolean sent, boolean retryable) {
    super(code, null, false, false);
    this.code = code;
    this.sent = sent;
    this.retryable = retryable;
  }

  /// Something may have reached the other side, under this request's leave.
  static SendFailed unknown(String code) {
    return new SendFailed(code, true, true);
  }

  String code() {
    return code;
  }

  boolean sent() {
    return sent;
  }

  boolean retryable() {
    return retryable;
  }
}

package ai.rails.enclave.worker;

/// A request that the control plane refuses and would refuse again (4xx, but for 409).
public final class ControlPlaneRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final boolean first;

  ControlPlaneRefused(String request, int status, String code, boolean first) {
    super("%s was refused with %d %s".formatted(request, status, code));
    this.status = status;
    this.code = code;
    this.first = first;
  }

  public int status() {
    return status;
  }

  /// Whether the request was refused the first time that it was made. Else an earlier try, which
  /// got no answer, may have done what was asked.
  boolean isFirst() {
    return first;
  }

  /// Stable code of the problem, or `HTTP_` and the status.
  public String code() {
    return code;
  }
}

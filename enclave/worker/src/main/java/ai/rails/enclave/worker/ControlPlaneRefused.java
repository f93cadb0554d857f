package ai.rails.enclave.worker;

/// A request that the control plane refuses and would refuse again (4xx, but for 409).
public final class ControlPlaneRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  ControlPlaneRefused(String request, int status, String code) {
    super("%s was refused with %d %s".formatted(request, status, code));
    this.status = status;
    this.code = code;
  }

  public int status() {
    return status;
  }

  /// Stable code of the problem, or `HTTP_` and the status.
  public String code() {
    return code;
  }
}

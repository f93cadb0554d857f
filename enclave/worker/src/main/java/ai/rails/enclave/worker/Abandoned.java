package ai.rails.enclave.worker;

/// A step attempt that is no longer this worker's. It ends at once and says nothing more: the
/// control plane has scheduled, or will schedule, what follows.
public final class Abandoned extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  /// @param code why, for the log
  public Abandoned(String code) {
    super("attempt abandoned: " + code);
    this.code = code;
  }

  String code() {
    return code;
  }
}

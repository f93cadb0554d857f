package ai.rails.enclave.release;

/// Keys or a workflow that this worker must not use. It never works on; a person has to look.
public final class ReleaseRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ReleaseRefused(String message) {
    super(message);
  }

  public ReleaseRefused(String message, Throwable cause) {
    super(message, cause);
  }
}

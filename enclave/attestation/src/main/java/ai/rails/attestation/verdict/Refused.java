package ai.rails.attestation.verdict;

/// Ends a verification inside the verifier; callers see a [Verdict.Rejected]. No stack trace.
public final class Refused extends Exception {
  private static final long serialVersionUID = 1;

  private final Reason reason;
  private final Component component;

  Refused(Reason reason, Component component, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
    this.component = component;
  }

  public Reason reason() {
    return reason;
  }

  public Component component() {
    return component;
  }

  public String detail() {
    String detail = getMessage();
    return detail == null ? "" : detail;
  }
}

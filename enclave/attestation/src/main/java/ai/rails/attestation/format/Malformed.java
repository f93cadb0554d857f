package ai.rails.attestation.format;

/// Input that does not have the form it must have; the message says where. Expected with hostile
/// input, so it carries no stack trace.
public final class Malformed extends Exception {
  private static final long serialVersionUID = 1;

  public Malformed(String message) {
    super(message, null, false, false);
  }
}

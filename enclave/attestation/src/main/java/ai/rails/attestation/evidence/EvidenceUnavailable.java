package ai.rails.attestation.evidence;

/// This guest has no evidence to give; the message says why and what to look at.
public final class EvidenceUnavailable extends Exception {
  private static final long serialVersionUID = 1;

  EvidenceUnavailable(String message) {
    super(message);
  }

  EvidenceUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}

package ai.rails.enclave.content;

/// Content that a step can not go on with. The code reaches the ledger; neither it nor the message
/// holds content.
public final class ContentRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Code code;

  public ContentRefused(Code code, String message) {
    super(message);
    this.code = code;
  }

  public ContentRefused(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }

  /// Why, in the words of the ledger.
  public enum Code {
    /// A field to be disclosed is missing, of another type, too long or outside its enumeration.
    DISCLOSURE_REFUSED,
    /// Ciphertext is missing, was altered or belongs elsewhere.
    CONTENT_NOT_OPENED,
    /// Content is no JSON or too large.
    CONTENT_MALFORMED,
    /// A frozen call is not what its digest or its step says.
    FROZEN_CALL_DIFFERS,
    /// The log's entry does not let this person see this.
    REVEAL_REFUSED,
    /// A person's correction is not what its entry says, or of another call.
    CORRECTION_REFUSED
  }
}

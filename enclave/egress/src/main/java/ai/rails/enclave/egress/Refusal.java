package ai.rails.enclave.egress;

/// Why a tunnel was not opened. The name is the reason code that the client is told.
enum Refusal {
  MALFORMED(400),
  METHOD(405),
  TARGET_FORM(400),
  HEAD_TOO_LARGE(431),
  HEAD_TOO_SLOW(408),
  NO_TICKET(407),
  TICKET_INVALID(403),
  OTHER_PROXY(403),
  OTHER_TARGET(403),
  TICKET_EXPIRED(403),
  TICKET_LIFE(403),
  TICKET_FROM_FUTURE(403),
  ISSUED_BEFORE_START(403),
  TICKET_REPLAYED(403),
  EPOCH_FENCED(403),
  LEASE_OVER(403),
  NOT_GLOBAL(403),
  BUSY(429),
  UNRESOLVED(424),
  UNREACHABLE(424);

  private final int status;

  Refusal(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }

  /// Ends the handling of one request; it carries no content.
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Refusal refusal;

    RefusedException(Refusal refusal) {
      super(refusal.name(), null, false, false);
      this.refusal = refusal;
    }

    Refusal refusal() {
      return refusal;
    }
  }
}

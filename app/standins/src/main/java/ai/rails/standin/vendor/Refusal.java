package ai.rails.standin.vendor;

import java.time.Duration;
import java.time.Instant;

/// Why a request is refused; each [Vendor] has its own words for it.
///
/// @param detail for whoever reads the answer
/// @param pause until `until`; nothing if waiting does not help
public record Refusal(Kind kind, String detail, Duration pause, Instant until) {
  /// The reasons that every vendor has.
  public enum Kind {
    MISSING,
    UNAUTHENTICATED,
    INVALID,
    BUSY,
    OUT,
    BROKEN
  }

  static Refusal of(Kind kind, String detail) {
    return new Refusal(kind, detail, Duration.ZERO, Instant.EPOCH);
  }
}

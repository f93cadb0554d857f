package ai.rails.domain.privacy;

import java.util.regex.Pattern;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;

/// Why somebody does what can not be undone. A code, not a text: it stays in the clear for ever.
final class ReasonCode {
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");

  private ReasonCode() {}

  /// @throws Refused with INVALID
  static void require(String reason) {
    if (!CODE.matcher(reason).matches()) {
      throw new Refused(
          Code.INVALID,
          "reason is a code of capitals, digits and _, for example GDPR_ART_17; not a text");
    }
  }
}

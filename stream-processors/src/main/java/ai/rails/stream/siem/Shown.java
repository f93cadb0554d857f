package ai.rails.stream.siem;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import ai.rails.domain.ledger.Sha256;

/// What of an event's text may stand in a record that leaves the platform. Ids and codes pass;
/// whatever looks like anything else (a space, an `@`, a quote, too long) is shown as its hash or
/// not at all, so that no name, address or content gets out by way of a field meant for an id.
final class Shown {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.:/|+=-]{0,255}");
  private static final Pattern CODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}");
  private static final Pattern ROUTE =
      Pattern.compile("[A-Z]{3,8} /[A-Za-z0-9_./{}:-]{0,200}|[A-Za-z0-9_./{}:-]{1,200}");
  private static final int HASH_DIGITS = 32;

  private Shown() {}

  /// The id, or `h:` and the start of its hash if it does not look like one.
  static String id(String id) {
    if (ID.matcher(id).matches()) {
      return id;
    }
    return id.isEmpty()
        ? "none"
        : "h:" + Sha256.hex(id.getBytes(StandardCharsets.UTF_8)).substring(0, HASH_DIGITS);
  }

  /// The code, or `UNSPECIFIED` if it does not look like one.
  static String code(String code) {
    return CODE.matcher(code).matches() ? code : "UNSPECIFIED";
  }

  /// Method and template of a route.
  static String route(String route) {
    return ROUTE.matcher(route).matches() ? route : "UNSPECIFIED";
  }
}

package ai.rails.platform.evidence;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import ai.rails.domain.ledger.Origin;

/// Reads a log's name.
final class Origins {
  private static final Pattern FORM =
      Pattern.compile(
          "ledger\\.([a-z0-9.-]{1,253})/t/([a-z0-9_-]{1,64})/w/([a-z0-9_-]{1,64})/e/([1-9][0-9]{0,8})");

  private Origins() {}

  /// @throws IllegalArgumentException if it is no workspace's log
  static Origin parse(String origin) {
    Matcher matcher = FORM.matcher(origin);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("the checkpoint's origin is not the log of a workspace");
    }
    return new Origin(
        matcher.group(1), matcher.group(2), matcher.group(3), Integer.parseInt(matcher.group(4)));
  }
}

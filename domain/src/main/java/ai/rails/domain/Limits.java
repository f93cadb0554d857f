package ai.rails.domain;

import java.util.regex.Pattern;

/// Sizes that hold everywhere, so that whatever reaches an event stays metadata.
public final class Limits {
  /// Longest id, enum or other disclosed value, in characters.
  public static final int DISCLOSED_CHARACTERS = 64;

  /// Most steps of a workflow; keeps a run's stream short.
  public static final int STEPS = 64;

  /// Most requests that one intent may cover.
  public static final int REQUESTS_PER_CALL = 8;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,127}");

  private Limits() {}

  /// Checks an id: ASCII letters, digits and `_.:@/|+=-`, at most 128 characters.
  ///
  /// @throws Refused with [Refused.Code#INVALID] naming the field
  public static String requireId(String field, String value) {
    if (!ID.matcher(value).matches()) {
      throw new Refused(
          Refused.Code.INVALID,
          "%s must be 1 to 128 ASCII letters, digits or _.:@/|+=-; it has %d characters"
              .formatted(field, value.length()));
    }
    return value;
  }

  /// Checks an id, or one in the tenant's own log, whose name begins as no id may.
  ///
  /// @throws Refused with [Refused.Code#INVALID] naming the field
  public static String requireLog(String field, String value) {
    boolean own =
        value.equals(Header.TENANT_WORKSPACE) || value.startsWith(Header.TENANT_WORKSPACE + "/");
    String _ = requireId(field, own ? value.substring(1) : value);
    return value;
  }
}

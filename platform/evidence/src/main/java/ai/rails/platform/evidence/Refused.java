package ai.rails.platform.evidence;

/// A bundle, or a part of it, is not what it must be.
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String where;

  /// @param where the file or entry; empty if it is the whole
  Refused(String where, String reason) {
    super(reason, null, false, false);
    this.where = where;
  }

  String where() {
    return where;
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  static void unless(boolean holds, String where, String reason) {
    if (!holds) {
      throw new Refused(where, reason);
    }
  }
}

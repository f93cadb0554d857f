package ai.rails.standin;

import java.util.random.RandomGenerator;

/// Makes the vendors' identifiers from an injected generator. Thread safe; this object owns the
/// generator.
public final class Ids {
  private static final String ALPHANUMERIC =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final String HEX = "0123456789abcdef";

  private final RandomGenerator random;

  public Ids(RandomGenerator random) {
    this.random = random;
  }

  public String hex(int length) {
    return of(HEX, length);
  }

  public String alphanumeric(int length) {
    return of(ALPHANUMERIC, length);
  }

  /// The form of a version 4 UUID.
  public String uuid() {
    return hex(8) + "-" + hex(4) + "-4" + hex(3) + "-8" + hex(3) + "-" + hex(12);
  }

  private synchronized String of(String letters, int length) {
    StringBuilder id = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      id.append(letters.charAt(random.nextInt(letters.length())));
    }
    return id.toString();
  }
}

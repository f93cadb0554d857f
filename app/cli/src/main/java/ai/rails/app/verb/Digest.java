package ai.rails.app.verb;

/// Digests as people read and copy them.
public final class Digest {
  /// So many digits tell calls apart.
  public static final int SHORT = 12;

  private static final String PREFIX = "sha256:";

  private Digest() {}

  /// The first digits, without the name of the hash.
  public static String shortened(String digest) {
    String hex = hex(digest);
    return hex.substring(0, Math.min(SHORT, hex.length()));
  }

  /// @param given the whole or its first digits, with or without the name of the hash
  public static boolean matches(String digest, String given) {
    return hex(given).length() >= SHORT && hex(digest).startsWith(hex(given));
  }

  private static String hex(String digest) {
    String lower = digest.toLowerCase(java.util.Locale.ROOT);
    return lower.startsWith(PREFIX) ? lower.substring(PREFIX.length()) : lower;
  }
}

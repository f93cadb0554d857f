package ai.rails.command.workflow;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256 as ids use it.
public final class Digests {
  private Digests() {}

  /// 64 hex digits.
  public static String hex(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no SHA-256", e);
    }
  }

  /// `sha256:` and 64 hex digits.
  public static String named(byte[] bytes) {
    return "sha256:" + hex(bytes);
  }
}

package ai.rails.domain.checkpoint;

import java.util.Base64;

/// Base 64 as RFC 4648 section 4 has it, and only in its one canonical form: with padding, without
/// stray bits, so that no two texts stand for the same bytes.
final class Base64s {
  private Base64s() {}

  static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /// @throws IllegalArgumentException if the text is not canonical
  static byte[] decode(String text) {
    byte[] bytes = Base64.getDecoder().decode(text);
    if (!encode(bytes).equals(text)) {
      throw new IllegalArgumentException("base64 that is not in canonical form");
    }
    return bytes;
  }
}

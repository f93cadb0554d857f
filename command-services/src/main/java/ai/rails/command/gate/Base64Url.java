package ai.rails.command.gate;

import java.util.Base64;

import ai.rails.platform.http.Problem;

/// Base64url without padding, as browsers write the parts of credentials.
final class Base64Url {
  private Base64Url() {}

  static String of(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// @throws Problem with 422 naming the member
  static byte[] bytes(String member, String text, int most) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (bytes.length > 0 && bytes.length <= most) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      throw Problem.invalid(member + " must be base64url without padding");
    }
    throw Problem.invalid("%s has 1 to %s bytes".formatted(member, most));
  }
}

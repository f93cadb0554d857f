package ai.rails.projection;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import ai.rails.platform.http.Problem;

/// Where the next page starts: the sort key of the last item, opaque to clients.
public record Cursor(List<String> key) {
  public Cursor {
    key = List.copyOf(key);
  }

  public static String of(String... key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.join("\n", key).getBytes(StandardCharsets.UTF_8));
  }

  /// @param parts how many parts the key has
  /// @throws Problem with 422 if it is not a cursor of this list
  public static Optional<Cursor> read(Optional<String> given, int parts) {
    if (given.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(given.get());
      List<String> key = List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", -1));
      if (key.size() == parts) {
        return Optional.of(new Cursor(key));
      }
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("cursor is not one that this list gave; start without it");
    }
    throw Problem.invalid("cursor is not one that this list gave; start without it");
  }

  public long number(int part) {
    try {
      return Long.parseLong(key.get(part));
    } catch (NumberFormatException e) {
      throw Problem.invalid("cursor is not one that this list gave; start without it");
    }
  }
}

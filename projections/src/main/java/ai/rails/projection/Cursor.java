package ai.rails.projection;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import ai.rails.platform.http.Problem;

/// Where the next page starts: the sort key of the last item, opaque to clients. Lists are sorted
/// by keys that never change, so whoever follows cursors misses nothing that was there at the
/// start.
public record Cursor(List<String> key) {
  private static final int MAX_CHARACTERS = 1_024;

  public Cursor {
    key = List.copyOf(key);
  }

  String text() {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.join("\n", key).getBytes(StandardCharsets.UTF_8));
  }

  /// @param parts how many parts the key has
  /// @throws Problem with 422 if it is not a cursor of this list
  static Optional<Cursor> read(Optional<String> given, int parts) {
    if (given.isEmpty()) {
      return Optional.empty();
    }
    if (given.get().length() > MAX_CHARACTERS) {
      throw foreign();
    }
    List<String> key = List.of(decoded(given.get()).split("\n", -1));
    if (key.size() != parts || !key.stream().allMatch(Filter::isPlain)) {
      throw foreign();
    }
    return Optional.of(new Cursor(key));
  }

  public String text(int part) {
    return key.get(part);
  }

  /// @throws Problem with 422 if this part is no number
  public long number(int part) {
    try {
      return Long.parseLong(key.get(part));
    } catch (NumberFormatException e) {
      throw foreign();
    }
  }

  private static String decoded(String given) {
    try {
      return new String(Base64.getUrlDecoder().decode(given), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw foreign();
    }
  }

  private static Problem foreign() {
    return Problem.invalid("cursor is not one that this list gave; start without it");
  }
}

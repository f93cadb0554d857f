package ai.rails.standin.slack;

import java.math.BigDecimal;
import java.util.Base64;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Paging through a history: an opaque cursor around the last `ts` shown, and the window between
/// two times.
final class Cursor {
  private static final String PREFIX = "next_ts:";

  private Cursor() {}

  static String encode(String ts) {
    return Base64.getEncoder().encodeToString((PREFIX + ts).getBytes(UTF_8));
  }

  static String decode(String cursor) {
    try {
      String text = new String(Base64.getDecoder().decode(cursor), UTF_8);
      if (text.startsWith(PREFIX)) {
        return text.substring(PREFIX.length());
      }
    } catch (IllegalArgumentException e) {
      // refused below
    }
    throw new SlackError("invalid_cursor");
  }

  static boolean within(String ts, String oldest, String latest, boolean inclusive) {
    int fromOldest = time(ts, "invalid_ts_latest").compareTo(time(oldest, "invalid_ts_oldest"));
    int toLatest =
        latest.isEmpty()
            ? -1
            : time(ts, "invalid_ts_latest").compareTo(time(latest, "invalid_ts_latest"));
    return inclusive ? fromOldest >= 0 && toLatest <= 0 : fromOldest > 0 && toLatest < 0;
  }

  private static BigDecimal time(String ts, String error) {
    try {
      return new BigDecimal(ts);
    } catch (NumberFormatException e) {
      throw new SlackError(error);
    }
  }
}

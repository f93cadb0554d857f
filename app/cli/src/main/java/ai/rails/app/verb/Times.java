package ai.rails.app.verb;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/// Times as people say them.
///
/// @param now when the answer is read
public record Times(Instant now, ZoneId zone) {
  private static final DateTimeFormatter FULL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

  public static Times here() {
    return new Times(Instant.now(), ZoneId.systemDefault());
  }

  /// For example `2 min ago`, or `in 3 h 58 min`.
  public String relative(long epochMillis) {
    Duration away = Duration.between(now, Instant.ofEpochMilli(epochMillis));
    return away.isNegative() ? length(away.negated()) + " ago" : "in " + length(away);
  }

  /// For example `2026-03-02 12:00:00 (2 min ago)`.
  public String full(long epochMillis) {
    return FULL.format(Instant.ofEpochMilli(epochMillis).atZone(zone))
        + " ("
        + relative(epochMillis)
        + ")";
  }

  /// Time of day with milliseconds.
  public String clock(long epochMillis) {
    return CLOCK.format(Instant.ofEpochMilli(epochMillis).atZone(zone));
  }

  private static String length(Duration length) {
    if (length.toMinutes() < 2) {
      return length.toSeconds() + " s";
    }
    if (length.toHours() < 1) {
      return length.toMinutes() + " min";
    }
    if (length.toDays() < 2) {
      return length.toHours() + " h " + length.toMinutesPart() + " min";
    }
    return length.toDays() + " days";
  }
}

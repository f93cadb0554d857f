package ai.rails.domain.budget;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// How long a budget counts before it starts again from nothing; in UTC.
public enum Period {
  HOUR("yyyy-MM-dd'T'HH"),
  DAY("yyyy-MM-dd"),
  MONTH("yyyy-MM");

  private final DateTimeFormatter form;

  Period(String pattern) {
    this.form = DateTimeFormatter.ofPattern(pattern).withZone(ZoneOffset.UTC);
  }

  /// The name of the window that a time lies in, for example `2026-11` of a month.
  public String window(Instant at) {
    return form.format(at);
  }

  /// When that window began.
  public Instant start(Instant at) {
    ZonedDateTime time = at.atZone(ZoneOffset.UTC);
    return switch (this) {
      case HOUR -> time.truncatedTo(ChronoUnit.HOURS).toInstant();
      case DAY -> time.truncatedTo(ChronoUnit.DAYS).toInstant();
      case MONTH -> time.truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1).toInstant();
    };
  }

  /// When the next one begins.
  public Instant end(Instant at) {
    ZonedDateTime from = start(at).atZone(ZoneOffset.UTC);
    return switch (this) {
      case HOUR -> from.plusHours(1).toInstant();
      case DAY -> from.plusDays(1).toInstant();
      case MONTH -> from.plusMonths(1).toInstant();
    };
  }
}

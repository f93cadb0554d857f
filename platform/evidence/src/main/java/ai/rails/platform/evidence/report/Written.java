package ai.rails.platform.evidence.report;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.domain.budget.Money;

/// How times, amounts and hashes are written: the same on every machine, in UTC, in English.
final class Written {
  private static final int MONEY_DIGITS = 9;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Written() {}

  static String time(long millis) {
    return TIME.format(Instant.ofEpochMilli(millis));
  }

  static String day(long millis) {
    return DAY.format(Instant.ofEpochMilli(millis));
  }

  static String clock(long millis) {
    return CLOCK.format(Instant.ofEpochMilli(millis));
  }

  /// For example `4 m 39 s`, `820 ms`.
  static String took(long millis) {
    Duration time = Duration.ofMillis(millis);
    if (time.toDays() > 0) {
      return "%s d %s h".formatted(time.toDays(), time.toHoursPart());
    }
    if (time.toHours() > 0) {
      return "%s h %s m".formatted(time.toHours(), time.toMinutesPart());
    }
    if (time.toMinutes() > 0) {
      return "%s m %s s".formatted(time.toMinutes(), time.toSecondsPart());
    }
    return millis < 1_000
        ? millis + " ms"
        : "%s.%s s".formatted(time.toSeconds(), time.toMillisPart() / 100);
  }

  /// All digits that count, at least two behind the point.
  static String amount(Money money) {
    BigDecimal value = BigDecimal.valueOf(money.nanos(), MONEY_DIGITS).stripTrailingZeros();
    BigDecimal shown = value.scale() < 2 ? value.setScale(2) : value;
    return money.currency() + " " + shown.toPlainString();
  }

  static Map<String, Object> json(Money money) {
    return new TreeMap<>(
        Map.of("amount", amount(money), "currency", money.currency(), "nanos", money.nanos()));
  }

  /// First eight and last six digits, for reading; comparing needs all of them.
  static String brief(String hash) {
    String digits = hash.startsWith("sha256:") ? hash.substring("sha256:".length()) : hash;
    return digits.length() <= 16
        ? digits
        : digits.substring(0, 8) + "\u2026" + digits.substring(digits.length() - 6);
  }
}

package ai.rails.enclave.gateway;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// How long the other side asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a
/// date, or the time at which its limit is reset.
final class RetryAfter {
  private static final Duration MAX = Duration.ofHours(24);

  private RetryAfter() {}

  /// Milliseconds, at most a day; empty if the answer does not say.
  static Optional<Long> of(Answered answer, InstantSource clock) {
    return answer
        .header("retry-after-ms")
        .flatMap(text -> number(text).map(Duration::ofMillis))
        .or(() -> answer.header("retry-after").flatMap(text -> wait(text, clock)))
        .or(() -> reset(answer, clock))
        .map(wait -> Math.clamp(wait.toMillis(), 0L, MAX.toMillis()));
  }

  /// When nothing remains, the time at which something will: as GitHub and Intercom write it, and
  /// as X does.
  private static Optional<Duration> reset(Answered answer, InstantSource clock) {
    return reset(answer, "x-ratelimit-", clock).or(() -> reset(answer, "x-rate-limit-", clock));
  }

  private static Optional<Duration> reset(Answered answer, String prefix, InstantSource clock) {
    return answer
        .header(prefix + "remaining")
        .filter("0"::equals)
        .flatMap(_ -> answer.header(prefix + "reset"))
        .filter(text -> text.matches("[0-9]{1,12}"))
        .map(
            text -> Duration.between(clock.instant(), Instant.ofEpochSecond(Long.parseLong(text))));
  }

  private static Optional<Duration> wait(String text, InstantSource clock) {
    Optional<Duration> seconds = number(text).map(Duration::ofSeconds);
    if (seconds.isPresent()) {
      return seconds;
    }
    try {
      ZonedDateTime until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
      return Optional.of(Duration.between(clock.instant(), until.toInstant()));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static Optional<Long> number(String text) {
    return text.matches("[0-9]{1,9}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }
}

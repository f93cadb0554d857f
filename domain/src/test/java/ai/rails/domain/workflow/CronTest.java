package ai.rails.domain.workflow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CronTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 7 * * MON-FRI    | UTC           | 2026-11-20T07:00:00Z | 2026-11-23T07:00:00Z
          0 7 * * *          | UTC           | 2026-11-20T06:59:59.999Z | 2026-11-20T07:00:00Z
          */15 * * * *       | UTC           | 2026-11-20T07:01:00Z | 2026-11-20T07:15:00Z
          5,35 8-10/2 * * *  | UTC           | 2026-11-20T08:35:00Z | 2026-11-20T10:05:00Z
          0 0 29 FEB *       | UTC           | 2026-11-20T00:00:00Z | 2028-02-29T00:00:00Z
          0 0 29 2 *         | UTC           | 2096-03-01T00:00:00Z | 2104-02-29T00:00:00Z
          0 0 1 * MON        | UTC           | 2026-11-24T00:00:00Z | 2026-11-30T00:00:00Z
          0 0 * * 7          | UTC           | 2026-11-20T00:00:00Z | 2026-11-22T00:00:00Z
          0 0 * * 0          | UTC           | 2026-11-20T00:00:00Z | 2026-11-22T00:00:00Z
          0 9 * * *          | Europe/Berlin | 2026-06-01T00:00:00Z | 2026-06-01T07:00:00Z
          0 9 * * *          | Europe/Berlin | 2026-12-01T00:00:00Z | 2026-12-01T08:00:00Z
          30 23 31 DEC *     | Asia/Tokyo    | 2026-01-01T00:00:00Z | 2026-12-31T14:30:00Z
          """)
  void comesNextAt(String expression, String zone, Instant after, Instant next) {
    assertThat(Cron.of(expression, zone).next(after)).contains(next);
  }

  @Test
  void namedHourComesOnceWhereClocksArePutBack() {
    // 25 October 2026: 03:00 CEST becomes 02:00 CET.
    assertThat(from("30 2 * * *", "2026-10-24T12:00:00Z", 2))
        .containsExactly(
            Instant.parse("2026-10-25T00:30:00Z"), Instant.parse("2026-10-26T01:30:00Z"));
  }

  @Test
  void timeThatDoesNotExistComesByTheJumpLater() {
    // 29 March 2026: 02:00 CET becomes 03:00 CEST.
    assertThat(from("30 2 * * *", "2026-03-28T12:00:00Z", 2))
        .containsExactly(
            Instant.parse("2026-03-29T01:30:00Z"), Instant.parse("2026-03-30T00:30:00Z"));
  }

  @Test
  void everyHalfHourGoesOnThroughBothJumps() {
    for (String start : List.of("2026-10-24T22:00:00Z", "2026-03-28T22:00:00Z")) {
      List<Instant> times = from("*/30 * * * *", start, 20);
      for (int i = 1; i < times.size(); i++) {
        assertThat(times.get(i)).isEqualTo(times.get(i - 1).plusSeconds(1_800));
      }
    }
  }

  @Test
  void dayThatNeverComesIsNeverDue() {
    assertThat(Cron.of("0 0 31 2 *", "UTC").next(Instant.EPOCH)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "1/5 * * * *",
        "*/0 * * * *",
        "a * * * *",
        "-1 * * * *",
        "1,,2 * * * *",
        "* * L * *",
        "* * ? * *",
        "* * * * MON#1"
      })
  void wrongExpressionIsRefused(String expression) {
    assertThatThrownBy(() -> Cron.of(expression, "UTC"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void unknownZoneIsRefused() {
    assertThatThrownBy(() -> Cron.of("* * * * *", "Mars/Phobos"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Mars/Phobos");
  }

  private static List<Instant> from(String expression, String start, int count) {
    Cron cron = Cron.of(expression, "Europe/Berlin");
    List<Instant> times = new ArrayList<>();
    Instant at = Instant.parse(start);
    for (int i = 0; i < count; i++) {
      at = cron.next(at).orElseThrow();
      times.add(at);
    }
    return times;
  }
}

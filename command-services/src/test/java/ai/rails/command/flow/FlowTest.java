package ai.rails.command.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.domain.run.Hold;

import static org.assertj.core.api.Assertions.assertThat;

class FlowTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Flow.Flights NOBODY = new Flow.Flights(0, 0, false);
  private static final int MANY = 1_000;

  @Test
  void breakerOpensAfterFiveFailuresLetsOneProbeAndClosesWithIt() {
    Flow flow = Flow.NEW;
    for (int i = 0; i < Flow.FAILURES; i++) {
      assertThat(hold(flow, "c" + i, NOON)).isEmpty();
      flow = flow.left("c" + i, Pace.FREE, NOON).failed("c" + i, "HTTP_503", NOON);
    }
    assertThat(flow.breaker(NOON)).isEqualTo("OPEN");
    assertThat(hold(flow, "c9", NOON.plusSeconds(10)).orElseThrow().code())
        .isEqualTo("BREAKER_OPEN");

    Instant later = NOON.plusSeconds(31);
    assertThat(flow.breaker(later)).isEqualTo("HALF_OPEN");
    assertThat(hold(flow, "c9", later)).isEmpty();
    Flow probing = flow.left("c9", Pace.FREE, later);
    assertThat(hold(probing, "c10", later, new Flow.Flights(1, 1, true))).isPresent();

    assertThat(probing.worked().breaker(later)).isEqualTo("CLOSED");
    Flow again = probing.failed("c9", "HTTP_503", later);
    assertThat(again.opened()).isEqualTo(2);
    assertThat(hold(again, "c11", later.plusSeconds(31))).isPresent();
    assertThat(hold(again, "c11", later.plusSeconds(61))).isEmpty();
  }

  @Test
  void successInBetweenForgetsFailures() {
    Flow flow = Flow.NEW;
    for (int i = 0; i < 4 * Flow.FAILURES; i++) {
      flow = i % Flow.FAILURES == 4 ? flow.worked() : flow.failed("c", "TIMEOUT", NOON);
    }
    assertThat(flow.openUntil()).isEmpty();
  }

  /// Two calls at once: the one that looked at the clock first comes second.
  @Test
  void whereThereIsNoRateAnOlderLookAtTheClockIsNotHeld() {
    Flow flow = Flow.NEW.left("c1", Pace.FREE, NOON);

    assertThat(hold(flow, "c2", NOON.minusMillis(3))).isEmpty();
  }

  @Test
  void rateHoldsOverTimeAndAllowsABurst() {
    Pace pace = new Pace(Optional.of(60), Optional.empty());
    Flow flow = Flow.NEW;
    int left = 0;
    for (int millis = 0; millis < 60_000; millis += 100) {
      Instant now = NOON.plusMillis(millis);
      if (flow.hold("i", "c", pace, MANY, NOBODY, now).isEmpty()) {
        flow = flow.left("c", pace, now);
        left++;
      }
    }
    assertThat(left).isBetween(60, 70);
    Hold hold = flow.hold("i", "c", pace, MANY, NOBODY, NOON.plusMillis(59_950)).orElseThrow();
    assertThat(hold.code()).isEqualTo("OVER_RATE");
    assertThat(hold.waitMillis()).isBetween(1L, 1_001L);
  }

  @Test
  void retryAfterHoldsTheWholeInstanceForAsLongAsWasAsked() {
    Flow flow = Flow.NEW.waits(NOON.plusSeconds(40)).waits(NOON.plusSeconds(10));

    Hold hold = hold(flow, "other", NOON.plusSeconds(5)).orElseThrow();

    assertThat(hold.code()).isEqualTo("OVER_RATE");
    assertThat(Duration.ofMillis(hold.waitMillis())).isGreaterThan(Duration.ofSeconds(35));
    assertThat(hold(flow, "other", NOON.plusSeconds(40))).isEmpty();
  }

  @Test
  void onlySoManyAreOnTheirWay() {
    Pace two = new Pace(Optional.empty(), Optional.of(2));
    assertThat(Flow.NEW.hold("i", "c", two, MANY, new Flow.Flights(9, 1, false), NOON)).isEmpty();
    assertThat(Flow.NEW.hold("i", "c", two, MANY, new Flow.Flights(9, 2, false), NOON))
        .map(Hold::subject)
        .contains("i");
    assertThat(Flow.NEW.hold("i", "c", two, 9, new Flow.Flights(9, 1, false), NOON))
        .map(Hold::subject)
        .contains("tenant:all");
  }

  private static Optional<Hold> hold(Flow flow, String call, Instant now) {
    return hold(flow, call, now, NOBODY);
  }

  private static Optional<Hold> hold(Flow flow, String call, Instant now, Flow.Flights flights) {
    return flow.hold("i", call, Pace.FREE, MANY, flights, now);
  }
}

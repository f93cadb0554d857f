package ai.rails.command.flow;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.domain.run.Hold;
import ai.rails.platform.config.Settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class FlowTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
  private static final Flow.Flights NOBODY = new Flow.Flights(0, 0, false);
  private static final FlowLimits LIMITS =
      new FlowLimits(1_000, 5, Duration.ofSeconds(30), Duration.ofMinutes(5));

  @Test
  void breakerOpensAfterFiveFailuresLetsOneProbeAndClosesWithIt() {
    Flow flow = Flow.NEW;
    for (int i = 0; i < LIMITS.failures(); i++) {
      assertThat(hold(flow, "c" + i, NOON)).isEmpty();
      flow = flow.left("c" + i, Pace.FREE, NOON).failed("c" + i, "HTTP_503", LIMITS, NOON);
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
    Flow again = probing.failed("c9", "HTTP_503", LIMITS, later);
    assertThat(again.opened()).isEqualTo(2);
    assertThat(hold(again, "c11", later.plusSeconds(31))).isPresent();
    assertThat(hold(again, "c11", later.plusSeconds(61))).isEmpty();
  }

  @Test
  void successInBetweenForgetsFailures() {
    Flow flow = Flow.NEW;
    for (int i = 0; i < 4 * LIMITS.failures(); i++) {
      flow = i % LIMITS.failures() == 4 ? flow.worked() : flow.failed("c", "TIMEOUT", LIMITS, NOON);
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
      if (flow.hold("i", "c", pace, LIMITS, NOBODY, now).isEmpty()) {
        flow = flow.left("c", pace, now);
        left++;
      }
    }
    assertThat(left).isBetween(60, 70);
    Hold hold = flow.hold("i", "c", pace, LIMITS, NOBODY, NOON.plusMillis(59_950)).orElseThrow();
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
    assertThat(Flow.NEW.hold("i", "c", two, LIMITS, new Flow.Flights(9, 1, false), NOON)).isEmpty();
    assertThat(Flow.NEW.hold("i", "c", two, LIMITS, new Flow.Flights(9, 2, false), NOON))
        .map(Hold::subject)
        .contains("i");
    assertThat(
            Flow.NEW.hold(
                "i",
                "c",
                two,
                new FlowLimits(9, 5, LIMITS.open(), LIMITS.openLongest()),
                new Flow.Flights(9, 1, false),
                NOON))
        .map(Hold::subject)
        .contains("tenant:all");
  }

  @Test
  void anInstallationSetsWhenBreakersOpenAndForHowLongWithinLimits() {
    Settings set =
        Settings.of(
            Map.of(
                "calls.tenant.atOnce", "2",
                "calls.breaker.failures", "40",
                "calls.breaker.seconds", "3",
                "calls.breaker.longestSeconds", "4"));
    FlowLimits limits = FlowLimits.of(set);
    Flow flow = Flow.NEW;
    for (int i = 0; i < 40; i++) {
      assertThat(flow.openUntil()).isEmpty();
      flow = flow.failed("c" + i, "HTTP_503", limits, NOON);
    }
    assertThat(flow.openUntil()).contains(NOON.plusSeconds(3));
    Flow probed = flow.left("p", Pace.FREE, NOON).failed("p", "HTTP_503", limits, NOON);
    assertThat(probed.openUntil()).contains(NOON.plusSeconds(4));
    assertThat(Flow.NEW.hold("i", "c", Pace.FREE, limits, new Flow.Flights(2, 0, false), NOON))
        .isPresent();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FlowLimits.of(Settings.of(Map.of("calls.tenant.atOnce", "0"))))
        .withMessageContaining("calls.tenant.atOnce");
    assertThat(FlowLimits.of(Settings.of(Map.of()))).isEqualTo(FlowLimits.USUAL);
  }

  private static Optional<Hold> hold(Flow flow, String call, Instant now) {
    return hold(flow, call, now, NOBODY);
  }

  private static Optional<Hold> hold(Flow flow, String call, Instant now, Flow.Flights flights) {
    return flow.hold("i", call, Pace.FREE, LIMITS, flights, now);
  }
}

package ai.rails.app.worker;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ScalingTest {
  private final Scaling scaling = new Scaling(3);

  private int wanted(long waiting, long seconds) {
    return scaling.wanted("v", waiting, Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void workersFollowTheQueueAtOnceAndItsEndOneByOne() {
    assertThat(wanted(0, 0)).isEqualTo(1);
    assertThat(wanted(15, 1)).isEqualTo(1);
    assertThat(wanted(16, 2)).isEqualTo(2);
    assertThat(wanted(10_000, 3)).isEqualTo(3);
    assertThat(wanted(0, 4)).isEqualTo(3);
    assertThat(wanted(0, 32)).isEqualTo(3);
    assertThat(wanted(0, 33)).isEqualTo(2);
    assertThat(wanted(0, 62)).isEqualTo(2);
    assertThat(wanted(0, 63)).isEqualTo(1);
    assertThat(wanted(0, 1_000)).isEqualTo(1);
  }

  @Test
  void aBurstInTheCalmKeepsThem() {
    assertThat(wanted(16, 0)).isEqualTo(2);
    assertThat(wanted(0, 20)).isEqualTo(2);
    assertThat(wanted(17, 29)).isEqualTo(2);
    assertThat(wanted(0, 40)).isEqualTo(2);
    assertThat(wanted(0, 59)).isEqualTo(1);
  }

  @Test
  void versionsAreCountedApart() {
    assertThat(scaling.wanted("busy", 100, 0)).isEqualTo(3);
    assertThat(scaling.wanted("idle", 0, 0)).isEqualTo(1);
  }
}

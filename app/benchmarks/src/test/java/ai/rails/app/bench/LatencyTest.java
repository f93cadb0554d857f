package ai.rails.app.bench;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LatencyTest {
  @Test
  void aHundredDifferentTimesGiveTheirFiftiethNinetyNinthAndLast() {
    List<Duration> times =
        IntStream.rangeClosed(1, 100).mapToObj(i -> Duration.ofMillis(101 - i)).toList();

    assertThat(Latency.of(times)).isEqualTo(new Latency(100, 50, 99, 100));
  }

  @Test
  void oneTimeIsEveryPercentile() {
    assertThat(Latency.of(List.of(Duration.ofMillis(7)))).isEqualTo(new Latency(1, 7, 7, 7));
  }

  @Test
  void twoTimesAreNotAveraged() {
    assertThat(Latency.of(List.of(Duration.ofMillis(20), Duration.ofMillis(10))))
        .isEqualTo(new Latency(2, 10, 20, 20));
  }

  @Test
  void nothingHasNoPercentile() {
    assertThatThrownBy(() -> Latency.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no percentile of nothing");
  }
}

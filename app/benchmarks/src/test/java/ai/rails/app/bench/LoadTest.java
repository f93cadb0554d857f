package ai.rails.app.bench;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import ai.rails.app.embedded.Unavailable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LoadTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void itEndsAfterItsRunsWhoeverTakesThem() {
    Counting engine = new Counting(Integer.MAX_VALUE);

    Load.Done done = new Load(8, 100, LONG).on(engine);

    assertThat(done.runs()).hasSize(100).doesNotHaveDuplicates();
    assertThat(done.perSecond()).isPositive();
  }

  @Test
  void noRunBeginsAfterItsLimit() {
    Load.Done done = new Load(1, 1, Duration.ofNanos(1)).on(new Counting(Integer.MAX_VALUE));

    assertThat(done.runs()).isEmpty();
  }

  @Test
  void oneFailedRunFailsTheMeasurement() {
    assertThatThrownBy(() -> new Load(2, 10, LONG).on(new Counting(5)))
        .isInstanceOf(Unavailable.class)
        .hasMessage("run 6 failed");
  }

  @Test
  void aLoadIsBounded() {
    assertThatThrownBy(() -> new Load(257, 1, LONG)).hasMessageContaining("1 to 256 callers");
    assertThatThrownBy(() -> new Load(1, 1, Duration.ZERO)).hasMessageContaining("limit");
  }

  /// An engine that only counts, and fails after `good` runs.
  private static final class Counting implements Engine {
    private final AtomicInteger runs = new AtomicInteger();
    private final int good;

    Counting(int good) {
      this.good = good;
    }

    @Override
    public String once() {
      int run = runs.incrementAndGet();
      if (run > good) {
        throw new Unavailable("run " + (good + 1) + " failed");
      }
      return "run-" + run;
    }

    @Override
    public Map<String, Duration> overheads(Collection<String> of) {
      return Map.of();
    }

    @Override
    public List<Long> processes() {
      return List.of();
    }
  }
}

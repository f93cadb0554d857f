package ai.rails.stream;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Parts that stop by themselves are started again, and not in a hurry.
class SupervisedTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Supervised.Pauses SHORT =
      new Supervised.Pauses(Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofHours(1));

  private final List<Fragile> started = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();

  @Test
  void whatStoppedIsClosedAndStartedAgain() throws Exception {
    try (Supervised supervised = Supervised.start("part", this::start, SHORT)) {
      started.getFirst().ended = true;

      Wait.until("a second part", LIMIT, () -> started.size() == 2 && supervised.up());
      assertThat(started.getFirst().closed).isTrue();
      assertThat(supervised.state()).isEqualTo("UP (1 restarts)");
    }
    assertThat(started.getLast().closed).isTrue();
  }

  @Test
  void whatCanNotBeStartedIsTriedAgainAndSaysSo() throws Exception {
    try (Supervised supervised = Supervised.start("part", this::start, SHORT)) {
      refusals.set(3);
      started.getFirst().ended = true;

      Wait.until("the refusals", LIMIT, () -> refusals.get() == 0);
      Wait.until("a second part", LIMIT, supervised::up);
      assertThat(supervised.restarts()).isEqualTo(1);
    }
  }

  @Test
  void theFirstStartIsNotTriedAgain() {
    refusals.set(1);

    assertThatThrownBy(() -> Supervised.start("part", this::start, SHORT).close())
        .isInstanceOf(IOException.class);
    assertThat(started).isEmpty();
  }

  @Test
  void whatWasClosedStaysClosed() throws Exception {
    Supervised supervised = Supervised.start("part", this::start, SHORT);

    supervised.close();

    assertThat(started).hasSize(1);
    assertThat(started.getFirst().closed).isTrue();
    assertThat(supervised.up()).isFalse();
  }

  @Test
  void pausesGrowToABound() {
    assertThat(SHORT.after(Duration.ofMillis(5))).isEqualTo(Duration.ofMillis(10));
    assertThat(SHORT.after(Duration.ofMillis(15))).isEqualTo(Duration.ofMillis(20));
  }

  private Fragile start() throws IOException {
    if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IOException("not yet");
    }
    var part = new Fragile();
    started.add(part);
    return part;
  }

  private static final class Fragile implements Supervised.Part {
    private volatile boolean ended;
    private volatile boolean closed;

    @Override
    public boolean up() {
      return !ended && !closed;
    }

    @Override
    public boolean ended() {
      return ended;
    }

    @Override
    public String state() {
      return ended ? "FAILED" : "UP";
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}

package ai.rails.domain.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.domain.budget.Unit;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.RunCommand.ExpireLease;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunEvent.BudgetReserved;
import ai.rails.domain.run.RunEvent.BudgetSettled;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;

import static org.assertj.core.api.Assertions.assertThat;

/// What a call holds of its worker's GPUs, by the control plane's clock.
class GpuTimeTest {
  private static final GpuTime TWO = GpuTime.of(2, Story.NOON, Duration.ofSeconds(10));

  @Test
  void bothGpusAreSetAsideAndSettledForAsLongAsTheCallTook() {
    Story story = intended();
    assertThat(events(story, BudgetReserved.class).getFirst().gpu()).contains(TWO);
    assertThat(TWO.mostMillis()).isEqualTo(20_000);

    story.now = Story.NOON.plusMillis(1_500);
    story.when(story.outcome("classify", Outcome.SUCCESS, false));

    assertThat(events(story, BudgetSettled.class).getFirst().gpuMillis()).contains(3_000L);
  }

  @Test
  void aSilentWorkersGpusWereHeldUntilItsLeaseEnded() {
    Story story = intended();
    story.now = Story.NOON.plusSeconds(30);

    story.when(new ExpireLease("t1", "r1", "classify", 1, 1));

    assertThat(events(story, BudgetSettled.class).getFirst().gpuMillis()).contains(60_000L);
  }

  @Test
  void aClockThatWasPutBackChargesNothing() {
    Story story = intended();
    story.now = Story.NOON.minusSeconds(1);

    story.when(story.outcome("classify", Outcome.SUCCESS, false));

    assertThat(events(story, BudgetSettled.class).getFirst().gpuMillis()).contains(0L);
  }

  @Test
  void hoursAreRoundedUpInBillionths() {
    assertThat(Unit.gpuHours(3_600_000)).isEqualTo(1_000_000_000);
    assertThat(Unit.gpuHours(1)).isEqualTo(278);
    assertThat(Unit.gpuHours(0)).isZero();
    assertThat(Unit.GPU_HOURS.words(1_500_000_000)).isEqualTo("1.5 gpu-hours");
  }

  private static Story intended() {
    Story story = new Story(Story.model("classify")).started();
    IntendCall plain = story.intend("classify", IdempotencyClass.M, Story.decision(Effect.ALLOW));
    story.when(
        new IntendCall(
            plain.tenant(),
            plain.run(),
            plain.step(),
            plain.attempt(),
            plain.epoch(),
            plain.call(),
            plain.estimate(),
            plain.priceTable(),
            Optional.empty(),
            Optional.of(TWO),
            List.of(),
            Optional.empty(),
            plain.decision(),
            Optional.empty()));
    return story;
  }

  private static <E extends RunEvent> List<E> events(Story story, Class<E> type) {
    return story.told.stream().filter(type::isInstance).map(type::cast).toList();
  }
}

package ai.rails.domain.run;

import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.RunCommand.ExpireLease;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.ToolActionExecuted;
import ai.rails.domain.run.RunEvent.ToolActionIntended;

import static org.assertj.core.api.Assertions.assertThat;

/// A call that a runner makes says so in its intent and in its outcome, whoever reports it.
class RunnerCallTest {
  private static final Optional<String> RUNNER = Optional.of("plant-1");

  private final Story story = new Story(Story.tool("fetch")).started();

  @BeforeEach
  void intend() {
    IntendCall plain = story.intend("fetch", IdempotencyClass.U, Story.decision(Effect.ALLOW));
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
            plain.tokens(),
            plain.gpu(),
            plain.routes(),
            plain.hold(),
            plain.decision(),
            RUNNER));
  }

  private <T extends RunEvent> T last(Class<T> type) {
    return story.told.stream().filter(type::isInstance).map(type::cast).toList().getLast();
  }

  @Test
  void intentAndOutcomeNameTheRunner() {
    story.when(story.outcome("fetch", Outcome.SUCCESS, false));

    assertThat(last(ToolActionIntended.class).runner()).isEqualTo(RUNNER);
    assertThat(last(ToolActionExecuted.class).runner()).isEqualTo(RUNNER);
  }

  @Test
  void aCallWhoseWorkerWentSilentIsTheRunnersStill() {
    story.when(new ExpireLease("t1", "r1", "fetch", 1, 1));

    ToolActionExecuted executed = last(ToolActionExecuted.class);
    assertThat(executed.outcome()).isEqualTo(Outcome.AMBIGUOUS);
    assertThat(executed.runner()).isEqualTo(RUNNER);
  }
}

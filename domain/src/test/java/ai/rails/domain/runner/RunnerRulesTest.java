package ai.rails.domain.runner;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.runner.RunnerCommand.RegisterRunner;
import ai.rails.domain.runner.RunnerCommand.RevokeRunner;
import ai.rails.domain.runner.RunnerEvent.RunnerRegistered;
import ai.rails.domain.runner.RunnerEvent.RunnerRevoked;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RunnerRulesTest {
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final RunnerRegistered FIRST = registered("dev", "a");

  private final RunnerRules rules = new RunnerRules();

  private static RunnerRegistered registered(String environment, String digit) {
    return new RunnerRegistered("plant-1", environment, digit.repeat(64), "b".repeat(64));
  }

  private Runner after(RunnerEvent... events) {
    Runner runner = rules.initial();
    for (RunnerEvent event : events) {
      runner = rules.evolve(runner, event);
    }
    return runner;
  }

  private List<RunnerEvent> when(Runner runner, RunnerCommand command) {
    return rules.decide(runner, command, NOON);
  }

  @Test
  void registersOnceAndAgainWithOtherKeys() {
    RunnerRegistered other = registered("dev", "c");

    assertThat(when(Runner.NONE, new RegisterRunner("t1", FIRST))).containsExactly(FIRST);
    assertThat(when(after(FIRST), new RegisterRunner("t1", FIRST))).isEmpty();
    assertThat(when(after(FIRST), new RegisterRunner("t1", other))).containsExactly(other);
    assertThat(when(after(FIRST, new RunnerRevoked("plant-1")), new RegisterRunner("t1", FIRST)))
        .containsExactly(FIRST);
  }

  @Test
  void keepsItsEnvironmentForLifeEvenRevoked() {
    Runner revoked = after(FIRST, new RunnerRevoked("plant-1"));

    assertThatThrownBy(() -> when(revoked, new RegisterRunner("t1", registered("prod", "a"))))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("is for environment dev");
  }

  @Test
  void revokesOnceAndOnlyWhatThereIs() {
    assertThat(when(after(FIRST), new RevokeRunner("t1", "plant-1")))
        .containsExactly(new RunnerRevoked("plant-1"));
    assertThat(when(after(FIRST, new RunnerRevoked("plant-1")), new RevokeRunner("t1", "plant-1")))
        .isEmpty();
    assertThatThrownBy(() -> when(Runner.NONE, new RevokeRunner("t1", "plant-1")))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("there is no runner plant-1");
  }

  @Test
  void refusesNamesThatAreNone() {
    for (String name : List.of("", "Plant", "a/b", "-a", "a".repeat(33))) {
      assertThatThrownBy(() -> RunnerRules.requireName(name)).isInstanceOf(Refused.class);
    }
  }
}

package ai.rails.app.bench.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import ai.rails.domain.workflow.Workflow;

import static org.assertj.core.api.Assertions.assertThat;

/// A failure names its seed: `rails bench simulation --first SEED --seeds 1`.
class SimulationTest {
  private static final Workflow WORKFLOW = SimulatedWorkflow.compiled();

  @Test
  void twoThousandSeedsDoNothingTwiceAndLoseNothing() {
    List<String> wrong = new ArrayList<>();
    LongStream.rangeClosed(1, 2_000)
        .forEach(seed ->
            Simulation.run(seed, WORKFLOW, Bug.NONE)
                .forEach(violation -> wrong.add("seed " + seed + ": " + violation)));

    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void eachPlantedBugIsFound(Bug bug) {
    boolean found =
        LongStream.rangeClosed(1, 2_000)
            .anyMatch(seed -> !Simulation.run(seed, WORKFLOW, bug).isEmpty());

    assertThat(found).isTrue();
  }

  @Test
  void thirtyBugsArePlanted() {
    assertThat(Bug.values()).hasSize(31);
  }
}

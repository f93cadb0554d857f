package ai.rails.platform.workflow;

import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.domain.workflow.Workflow.Trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// Triggers that time pulls, and those that nothing would pull.
class ScheduleTriggerTest {
  private static final String RIGHT =
      """
      apiVersion: airails.dev/v1
      kind: Workflow
      metadata: {id: report, version: 1.0.0, title: Report}
      inputs: {day: time}
      triggers:
        - id: morning
          kind: schedule
          schedule: 0 7 * * MON-FRI
          timezone: Europe/Berlin
          inputs: {day: /due}
      steps:
        - id: gather
          kind: guard
          output: {day: {from: /inputs/day}}
      limits: {duration: P1D, cost: 0 USD}
      """;

  @Test
  void scheduleIsCompiledWithItsZoneAndSurvivesTheArtifact() throws WorkflowErrors {
    Compiled compiled = compile(RIGHT);

    Trigger trigger = compiled.workflow().triggers().getFirst();
    assertThat(trigger.timezone()).contains("Europe/Berlin");
    assertThat(trigger.cron().orElseThrow().next(Instant.parse("2026-06-01T06:00:00Z")))
        .contains(Instant.parse("2026-06-02T05:00:00Z"));
    assertThat(ArtifactCodec.decode(compiled.artifactBytes())).isEqualTo(compiled.workflow());
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          kind: schedule      | kind: poll           | are not polled in this version
          0 7 * * MON-FRI     | 0 25 * * MON-FRI     | `25` is no list of numbers from 0 to 23
          0 7 * * MON-FRI     | 0 0 7 * * MON-FRI    | a schedule has five fields
          0 7 * * MON-FRI     | 0 7 31 FEB *         | this day never comes
          Europe/Berlin       | Europe/Atlantis      | there is no time zone Europe/Atlantis
          "{day: /due}"       | "{day: /sys_id}"     | a schedule gives /due
          "{day: time}"       | "{day: id}"          | a schedule gives /due
          "{day: time}"       | "{day: time, x: id}" | gives no input [x]
          kind: schedule      | kind: manual         | `schedule` with kind schedule only
          """)
  void whatWouldNeverFireDoesNotCompile(String from, String to, String says) {
    assertThat(RIGHT).contains(from);

    WorkflowErrors errors =
        catchThrowableOfType(WorkflowErrors.class, () -> compile(RIGHT.replace(from, to)));

    assertThat(errors).as("it compiles").isNotNull();
    assertThat(errors.errors())
        .anySatisfy(error -> assertThat(error.message()).contains(says).contains("; expected "));
  }

  private static Compiled compile(String yaml) throws WorkflowErrors {
    return new WorkflowCompiler().compile("w.yaml", yaml, new TestCatalogue(), "dana");
  }
}

package ai.rails.platform.workflow;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// Whom a run is about is told by an input that lies in the clear.
class SubjectTest {
  private static final String RIGHT =
      """
      apiVersion: airails.dev/v1
      kind: Workflow
      metadata: {id: case, version: 1.0.0, title: Case}
      inputs: {person: id, note: content, size: integer}
      triggers:
        - {id: manual, kind: manual}
      steps:
        - id: gather
          kind: guard
          output: {size: {from: /inputs/size}}
      limits: {duration: P1D, cost: 0 USD}
      subject: person
      """;

  @Test
  void subjectIsCompiledAndSurvivesTheArtifact() throws WorkflowErrors {
    Compiled compiled = compile(RIGHT);

    assertThat(compiled.workflow().subject()).contains("person");
    assertThat(ArtifactCodec.decode(compiled.artifactBytes())).isEqualTo(compiled.workflow());
  }

  @Test
  void workflowAboutNobodyHasTheArtifactThatItAlwaysHad() throws WorkflowErrors {
    Compiled compiled = compile(RIGHT.replace("subject: person\n", ""));

    assertThat(compiled.workflow().subject()).isEmpty();
    assertThat(new String(compiled.artifactBytes(), java.nio.charset.StandardCharsets.UTF_8))
        .doesNotContain("subject");
  }

  @Test
  void demandForAConfidentialGpuIsPartOfTheArtifactAndNothingElseIsUnderstood()
      throws WorkflowErrors {
    Compiled compiled = compile(RIGHT + "workers: {gpu: confidential}\n");

    assertThat(compiled.workflow().workers().confidentialGpu()).isTrue();
    assertThat(ArtifactCodec.decode(compiled.artifactBytes())).isEqualTo(compiled.workflow());
    assertThat(compile(RIGHT).workflow().workers().confidentialGpu()).isFalse();
    assertThat(new String(compile(RIGHT).artifactBytes(), java.nio.charset.StandardCharsets.UTF_8))
        .doesNotContain("gpu");
    for (String other : new String[] {"{gpu: any}", "{gpu: true}", "{tpu: confidential}", "x"}) {
      assertThat(
              catchThrowableOfType(
                  WorkflowErrors.class, () -> compile(RIGHT + "workers: " + other + "\n")))
          .as(other)
          .isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"note", "size", "nobody"})
  void subjectThatCanNotBeFoundDoesNotCompile(String input) {
    WorkflowErrors errors =
        catchThrowableOfType(
            WorkflowErrors.class,
            () -> compile(RIGHT.replace("subject: person", "subject: " + input)));

    assertThat(errors).as("it compiles").isNotNull();
    assertThat(errors.errors())
        .anySatisfy(error ->
            assertThat(error.toString())
                .contains("w.yaml:12:")
                .contains("`%s` is no disclosed input of type id".formatted(input)));
  }

  private static Compiled compile(String yaml) throws WorkflowErrors {
    return new WorkflowCompiler().compile("w.yaml", yaml, new TestCatalogue(), "dana");
  }
}
